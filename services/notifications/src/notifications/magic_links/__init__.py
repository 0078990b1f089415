"""Mails sign-in links."""
