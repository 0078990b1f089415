"""Encrypts PHI and makes it searchable."""
