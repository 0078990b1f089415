"""The numbers of advisory locks."""

from hashlib import blake2b


def advisory_key(name: str) -> int:
    """64 bits of BLAKE2b over the lock's name: the same number in every process and version."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
