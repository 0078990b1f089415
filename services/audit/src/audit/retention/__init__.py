"""For how many years a workspace keeps the lines of its trail."""
