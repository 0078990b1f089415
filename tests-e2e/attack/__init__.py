"""Attacks on a running installation: hostile input, forged credentials, and the search for leaked PHI."""
