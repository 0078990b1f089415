"""Mails to people about their own work: what their day holds, what is about to begin, what has changed, what they have left to do."""
