"""The users of a workspace, as its administrators manage them."""
