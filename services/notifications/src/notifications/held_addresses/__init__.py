"""The addresses that are not mailed any more: whose they are, why, and how one is mailed again."""
