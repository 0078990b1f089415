"""Consents to reminders: whoever has taken theirs back gets none."""
