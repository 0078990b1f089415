"""Mails about broken glass that nobody has reviewed in time."""
