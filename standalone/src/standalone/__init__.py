"""The embedded default: every service and the gateway in one process."""
