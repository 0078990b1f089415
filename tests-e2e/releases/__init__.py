"""Installations as earlier releases left them, and the command that stores one more."""
