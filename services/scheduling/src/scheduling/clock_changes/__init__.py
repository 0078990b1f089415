"""What follows a change of the rules of time zones: appointments and time off stay where clocks say they are."""
