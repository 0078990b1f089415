"""One piece of work, one transaction."""
