"""Announces to the workspaces of the installation that something is wrong with its backups."""
