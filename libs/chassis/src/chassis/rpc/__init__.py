"""Calls between services."""
