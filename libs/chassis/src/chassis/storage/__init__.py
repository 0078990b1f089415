"""Stores files."""
