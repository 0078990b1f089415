"""Reports of other mail systems about mail that they did not deliver, or did."""
