"""Plans of care: what a client is treated for, and towards which goals."""
