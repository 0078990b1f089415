"""What reminders say: the workspace's own texts, and ours in five languages."""
