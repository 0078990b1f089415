"""Care teams of restricted clients, and broken glass with its review."""
