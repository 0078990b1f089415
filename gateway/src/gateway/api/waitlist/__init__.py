"""Clients who wait for an appointment."""
