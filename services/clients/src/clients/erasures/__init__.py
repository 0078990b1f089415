"""The erasure of a client, seen through until every service has done its part."""
