"""Entries of the waitlist, as erasures and merges of clients know them too."""
