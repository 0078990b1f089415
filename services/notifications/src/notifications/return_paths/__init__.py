"""Where reports about mail that was not delivered come back to, and the addresses that are not mailed any more because of them."""
