"""The records of consents, for whoever gives, asks for or erases them."""
