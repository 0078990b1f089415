"""Mails that ask clients to pay for an appointment."""
