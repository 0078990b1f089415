"""What live streams tell of alerts: every change once, in its order, to those who see it."""
