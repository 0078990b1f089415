"""Series: appointments that recur by a rule."""
