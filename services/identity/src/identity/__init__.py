"""Workspaces, people and how they sign in."""
