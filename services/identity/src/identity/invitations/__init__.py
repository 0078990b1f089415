"""Invitations: how a user who was added gets in for the first time."""
