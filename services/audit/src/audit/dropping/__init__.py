"""Drops months of the trail that nothing keeps any longer."""
