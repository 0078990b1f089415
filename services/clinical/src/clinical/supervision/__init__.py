"""Which signed notes wait for whose co-signature, and what was attested of them."""
