"""Passkeys (W3C Web Authentication): registered, listed, renamed, removed, and signed in with."""
