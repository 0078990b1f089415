"""Mails to supervisors about notes that were not co-signed in time."""
