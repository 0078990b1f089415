"""The outcome measures of plans of care: named scores with their dates."""
