"""Erases a client's notes and files when the client is erased."""
