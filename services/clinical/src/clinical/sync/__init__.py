"""Notes from devices that were without a network: each item of a queue once, and no text lost."""
