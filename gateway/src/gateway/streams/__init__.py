"""Live streams of alerts: who follows what, and what each one is still to be sent."""
