"""The shapes of the public contract. Requests are validated by them; replies are only described."""
