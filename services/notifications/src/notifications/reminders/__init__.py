"""Plans and mails reminders of appointments."""
