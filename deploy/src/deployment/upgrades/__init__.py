"""Upgrades of a running installation, process by process, and back: the same steps for containers, Kubernetes and plain processes."""
