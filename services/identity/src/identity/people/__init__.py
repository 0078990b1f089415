"""The people of a workspace: their records, and the index of their e-mail addresses."""
