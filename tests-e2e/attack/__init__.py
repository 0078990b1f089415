"""Attacks on a running installation: what they are made of, and where what must stay secret could come out."""
