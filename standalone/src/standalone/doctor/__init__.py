"""`caseload doctor`: looks at an installation, and says what to do about what is not as it should be."""
