"""Restricted clients: whose record only a care team opens, and whoever broke the glass, in every service that has something of clients."""
