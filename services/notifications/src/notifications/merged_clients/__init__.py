"""Clients who were merged into others: whom their reminders go to, and which rows were moved."""
