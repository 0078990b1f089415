"""Blind indexes: what sealed text is found by as a whole, without the database learning the text.

Who reads the database without the keys learns which rows of one workspace share an exact value; values of different workspaces compare
to nothing.
"""

import unicodedata
from functools import cache

from chassis.encryption.framing import frame
from chassis.encryption.keyed_hash import KeyedHash
from chassis.unicode_forms import normalized

EXACT_BYTES = 16


class BlindIndex:
    """Keyed digests of values."""

    def __init__(self, key: bytes) -> None:
        self._hash = KeyedHash(key)

    def exact(self, kind: str, value: str) -> bytes:
        """16 bytes that are equal for equal values of a kind; normalising the value is the caller's part."""
        data = value.encode()
        # As frame() makes it of all three.
        return self._hash(_beginning(kind) + len(data).to_bytes(4, "big") + data)[:EXACT_BYTES]


@cache
def _beginning(kind: str) -> bytes:
    """Kinds are named in the code, and few."""
    return frame(b"exact", kind.encode())


def fold(text: str) -> str:
    """Case and accents away, as people leave them away when they search: "Müller" is "muller"."""
    if text.isascii():
        # ASCII needs no normalisation, and most names are ASCII: sorting a list of names is ten times faster this way.
        return text.lower()
    decomposed = normalized("NFKD", normalized("NFKD", text).casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
