"""Clients who wait for an appointment, and the time that others give back, which they are offered one after the other."""
