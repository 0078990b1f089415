"""Users as rows and messages, and the index of their e-mail addresses."""
