"""Verifies what Caseload has signed, offline and without Caseload. docs/audit-verification.md is the specification."""
