"""Letters, and the conversation that hands one over."""
