"""Webhooks: tells a workspace's own systems, over signed HTTP requests, of what happens in it."""
