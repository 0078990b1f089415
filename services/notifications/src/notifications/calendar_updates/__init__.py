"""Mails that have an appointment follow its changes in the calendars of clients who were invited."""
