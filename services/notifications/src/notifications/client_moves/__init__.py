"""The reminders of a client who was merged into another: moved there, and back."""
