"""Second factors: one-time passwords by time, and backup codes."""
