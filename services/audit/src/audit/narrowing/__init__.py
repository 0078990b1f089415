"""Makes months of the trail narrow when they are over."""
