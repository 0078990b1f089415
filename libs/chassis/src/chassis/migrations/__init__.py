"""Creates roles and upgrades schemas."""
