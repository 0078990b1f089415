"""Memberships: the workspaces that a person belongs to, and the way from one to another."""
