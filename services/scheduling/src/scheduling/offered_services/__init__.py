"""The services that a practice offers, for example a massage of 45 minutes."""
