"""Reminders and mail."""
