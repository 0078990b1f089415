"""Caseload on one machine: in one process, or as a process per service."""
