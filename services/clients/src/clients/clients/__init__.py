"""Clients: created, listed, searched, read, changed, deactivated and erased."""
