"""What proves who somebody is: passwords, one-time links, tokens; and how often they may try."""
