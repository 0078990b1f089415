"""In which letters a file is written, as far as its bytes say so. A guess would import names that nobody has."""

import codecs
import re

from chassis.storage.spool import Spool
from clients.imports import rules

# In Western European text a letter that is not English stands alone, or beside one other. Of three together its words are of other letters.
_OTHER_LETTERS = re.compile(rb"[\x80-\xff]{3,}")
_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HEBREW = re.compile(rb"[\xe0-\xfa]")
# Where Hebrew has no letters, Cyrillic, Greek and Arabic have the capital ones, or a third of all.
_MOSTLY = 0.95


def encoding_of(content: Spool) -> str:
    """By its first bytes where they say it, else UTF-8 if all of it is that, else what spreadsheets of Israel or of Western Europe write.

    Raises Invalid for what is none of these: whoever has written it can say what it is.
    """
    content.seek(0)
    start = content.read(2) or b""
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in content.pieces():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _of_one_byte(content)
    return "utf-8"


def _of_one_byte(content: Spool) -> str:
    high, in_utf_8, in_words, hebrew = 0, 0, 0, 0
    for piece in content.pieces():
        high += sum(map(len, re.findall(rb"[\x80-\xff]+", piece)))
        in_utf_8 += sum(map(len, _UTF_8.findall(piece)))
        words = b"".join(_OTHER_LETTERS.findall(piece))
        in_words += len(words)
        hebrew += len(_HEBREW.findall(words))
    if in_utf_8 > high / 2:
        raise rules.unknown_encoding("is UTF-8 with bytes that are not; write it anew")
    if in_words <= high / 2:
        return "cp1252"
    if hebrew >= _MOSTLY * in_words:
        return "cp1255"
    raise rules.unknown_encoding(
        "is written in letters of which nobody can tell which they are; say it in `encoding`, or save the file as UTF-8"
    )
