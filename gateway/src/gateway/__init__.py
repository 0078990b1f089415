"""The REST gateway: the one public address of the suite, for front ends and other API clients."""
