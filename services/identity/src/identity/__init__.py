"""Workspaces, users and how users sign in."""
