"""Mails about co-signatures: of notes that nobody co-signed in time, and of those that were returned."""
