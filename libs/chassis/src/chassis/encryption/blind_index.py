"""Blind indexes: what sealed text is found by, without the database learning the text.

Who reads the database without the keys learns which rows of one workspace share an exact value, roughly how long
names are (from how many buckets they fall in), and how often buckets coincide; names of different workspaces compare
to nothing. Buckets collide by design, so candidates are opened and looked at again by the caller, with `fold`.
"""

import hmac
import re
import unicodedata

from chassis.encryption.framing import frame

EXACT_BYTES = 16
LONGEST_PREFIX = 8
BUCKETS = 2**16
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")


class BlindIndex:
    """Keyed digests of values and of the beginnings of words."""

    def __init__(self, key: bytes) -> None:
        self._index_key = key

    def exact(self, kind: str, value: str) -> bytes:
        """16 bytes that are equal for equal values of a kind; normalising the value is the caller's part."""
        return hmac.digest(self._index_key, frame(b"exact", kind.encode(), value.encode()), "sha256")[:EXACT_BYTES]

    def tokens(self, text: str) -> list[int]:
        """The buckets of every beginning of every word, in an order that tells nothing."""
        beginnings = {word[:length] for word in words(text) for length in range(1, min(len(word), LONGEST_PREFIX) + 1)}
        return sorted({self._bucket(beginning) for beginning in beginnings})

    def token(self, word: str) -> int:
        """The bucket in which names with a word that begins so are to be looked for."""
        return self._bucket("".join(words(word))[:LONGEST_PREFIX])

    def _bucket(self, beginning: str) -> int:
        digest = hmac.digest(self._index_key, frame(b"prefix", beginning.encode()), "sha256")
        return int.from_bytes(digest[:4], "big") % BUCKETS


def fold(text: str) -> str:
    """Case and accents away, as people leave them away when they search: "Müller" is "muller"."""
    if text.isascii():
        # ASCII needs no normalisation, and most names are ASCII: sorting a list of names is ten times faster this way.
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def words(text: str) -> list[str]:
    """The folded words of a name; apostrophes join, anything else that is no letter or digit parts."""
    joined = fold(text).replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    return _LETTERS_AND_DIGITS.findall(joined)
