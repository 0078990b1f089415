"""Clients: created, found, read, changed, put aside and erased."""
