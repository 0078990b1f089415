"""Unicode normalization (UAX #15) that takes time in proportion to the text, whatever the text is.

`unicodedata.normalize` sorts the marks on a letter by insertion: 100,000 marks on one letter take a minute, in which the process does nothing
else. No writing puts more than 30 on a letter (UAX #15, 13: Stream-Safe Text), so what follows the thirtieth is normalized by itself.
"""

import re
import unicodedata
from typing import Literal, TypeAlias

_MOST_MARKS = 30
# From the first combining mark to the last plane that has any.
_PLANES = range(0x300, 0x20000)


def _is_mark(character: str) -> bool:
    """Whether it belongs to the letter before it; some do only once they are taken apart."""
    if unicodedata.decomposition(character):
        character = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.combining(character) > 0


_MARK = f"[{''.join(filter(_is_mark, map(chr, _PLANES)))}]"
# Its first mark stands by itself, so that letters are passed over ten times faster.
_TOO_MANY = re.compile(f"{_MARK}{_MARK}{{{_MOST_MARKS - 1}}}(?={_MARK})")

Form: TypeAlias = Literal["NFC", "NFKC", "NFD", "NFKD"]


def normalized(form: Form, text: str) -> str:
    """The text in this form. Of more than 30 marks on one letter, each 30 are a text of their own."""
    if text.isascii():
        return text
    pieces, start = [], 0
    for marks in _TOO_MANY.finditer(text):
        pieces.append(text[start : marks.end()])
        start = marks.end()
    return "".join(unicodedata.normalize(form, piece) for piece in (*pieces, text[start:]))
