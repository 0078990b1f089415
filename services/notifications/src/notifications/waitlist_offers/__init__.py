"""Mails that offer clients of the waitlist a time that has become free."""
