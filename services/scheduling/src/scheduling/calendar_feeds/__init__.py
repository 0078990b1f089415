"""Practitioners' calendars for other programs, each behind a secret address."""
