"""Exports of the audit trail."""
