"""Canaries: unique texts that are sent as PHI, and the search for them in bytes.

Each contains one of three marks, in the form that its field requires. So one search finds all of them, including in
upper case, as hexadecimal digits, in base64 or in UTF-16.
"""

import base64
import itertools
import json
import re
from urllib.parse import quote

import re2

MARK = "zqcanary"
# A country code that was never assigned.
DIGITS = "9998877665"
# A month that no other test data uses as a date of birth.
MONTH = "1903-07"

_number = itertools.count(1)


def canary(kind="text"):
    """A new canary for a field of this kind: text, email, phone, date, or the last day of its month."""
    number = next(_number)
    match kind:
        case "email":
            return f"{MARK}{number:04}@birds.example"
        case "phone":
            return f"+{DIGITS}{number:05}"
        case "date":
            return f"{MONTH}-{number % 28 + 1:02}"
        case "last day":
            return f"{MONTH}-31"
    return f"Zqcanary{number:04}"


def kind_of(field):
    """The kind of canary that a field needs, by its name."""
    if field == "email":
        return "email"
    if field.endswith("phone"):
        return "phone"
    if field == "end_date":
        return "last day"
    return "date" if field.startswith("date_") or field in {"start_date", "target_date"} else "text"


def _spellings():
    for mark in (MARK, DIGITS, MONTH):
        plain = mark.encode()
        yield plain
        yield plain.hex().encode()
        yield plain.upper().hex().encode()
        yield mark.capitalize().encode().hex().encode()
        yield mark.encode("utf-16-le")
    for mark in (MARK, MARK.capitalize(), MARK.upper(), DIGITS, MONTH):
        for offset in range(3):
            # The characters that depend on the mark only, whatever precedes and follows it.
            whole = base64.b64encode(b"\0" * offset + mark.encode()).rstrip(b"=")
            kept = whole[(offset * 8 + 5) // 6 : (offset + len(mark)) * 8 // 6]
            yield kept.lower()
            yield kept.translate(bytes.maketrans(b"+/", b"-_")).lower()
    yield quote(MONTH).replace("-", "%2d").encode()


_MARKS = sorted(set(_spellings()))


def _any_mark():
    """All of them at once: a database's files have hundreds of megabytes, which are read once and not for each mark."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = False
    options.max_mem = 2**26
    return re2.compile(b"|".join(map(re2.escape, _MARKS)), options)


_ANY_MARK = _any_mark()


def find_canaries(data):
    """Every canary in the bytes or the text, each with 60 bytes around it."""
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else bytes(data)
    if _ANY_MARK.search(raw) is None:
        return []
    lowered = raw.lower()
    found = []
    for mark in _MARKS:
        if mark in lowered:
            found += [raw[max(0, hit.start() - 60) : hit.end() + 60] for hit in re.finditer(re.escape(mark), lowered)]
    return found


def contains_canary(data):
    """Whether the data contains a canary."""
    return bool(find_canaries(json.dumps(data, ensure_ascii=False) if isinstance(data, dict | list) else data))
