"""The notes, files and plans of a client who was merged into another: moved there, and back."""
