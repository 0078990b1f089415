"""How people prove who they are, and stop being believed."""
