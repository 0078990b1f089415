"""The notifications service: reminders and other mail."""
