"""Erases a client's notes and files when the client is erased, and a deleted note when its time is over."""
