"""Events, from the commit that caused them to the handlers that follow."""
