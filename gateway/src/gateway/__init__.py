"""The only door for people and their front ends."""
