"""Session notes: drafted, saved from several places at once, signed, amended."""
