"""Where a workspace hands over its text messages, over HTTP, and how that is done."""
