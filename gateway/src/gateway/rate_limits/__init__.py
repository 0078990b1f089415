"""How many requests a user, a workspace and an address may send in a minute (decision 42)."""
