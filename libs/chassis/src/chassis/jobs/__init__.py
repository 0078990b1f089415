"""Long work: jobs that are asked for in one call, done in the background, and asked about meanwhile."""
