"""All files of a client: their own, and those of their notes."""
