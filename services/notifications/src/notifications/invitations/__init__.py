"""Mails invitations."""
