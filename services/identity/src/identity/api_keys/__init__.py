"""API keys: what programs prove with who they are."""
