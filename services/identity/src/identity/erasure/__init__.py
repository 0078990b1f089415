"""Erases deleted workspaces when their time is over, and keeps which services have finished."""
