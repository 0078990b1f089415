"""The links that a reminder has: to confirm or cancel its appointment, and to get no more of them."""
