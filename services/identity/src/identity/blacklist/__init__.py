"""The installation's blacklist, as platform administrators keep it."""
