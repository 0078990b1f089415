"""Session notes: drafts, concurrent saves, signing and amendments."""
