"""Rules of what happens in a workspace by itself: whether it becomes an alert, a mail, or nothing."""
