"""The fault drill: simulated users work while processes are killed, stopped or frozen; then their work is verified."""
