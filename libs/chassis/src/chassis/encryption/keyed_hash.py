"""HMAC-SHA-256 with a key that is prepared once: most of what is hashed is shorter than what preparing the key takes."""

from cryptography.hazmat.primitives import hashes, hmac


class KeyedHash:
    """Called with bytes, it returns their 32 bytes under its key."""

    __slots__ = ("_prepared",)

    def __init__(self, key: bytes) -> None:
        self._prepared = hmac.HMAC(key, hashes.SHA256())

    def __call__(self, data: bytes) -> bytes:
        # The copy alone is changed, so any thread may call it.
        begun = self._prepared.copy()
        begun.update(data)
        return begun.finalize()
