"""The milestones of plans of care, in the order that people give them."""
