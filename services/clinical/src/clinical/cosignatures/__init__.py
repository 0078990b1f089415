"""The co-sign queue, and deciding on what waits in it."""
