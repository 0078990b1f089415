"""Takes alerts further while nobody answers: the levels of their policies, whom each one finds, and the mail to them."""
