"""Canaries: texts that stand nowhere but where they were planted, and the search for them in whatever holds bytes.

All of them bear one of three marks, in the form their field asks for. So one search finds every one of them, also where
it was written in capitals, as hexadecimal digits, in base64, or with another byte between its letters.
"""

import base64
import itertools
import json
import re
from urllib.parse import quote

MARK = "zqcanary"
# No number of this country code was ever given out.
DIGITS = "9998877665"
# A month nobody else here was born in.
MONTH = "1903-07"

_number = itertools.count(1)


def canary(kind="text"):
    """A new one, fit for a field of this kind: text, email, phone or date."""
    number = next(_number)
    match kind:
        case "email":
            return f"{MARK}{number:04}@birds.example"
        case "phone":
            return f"+{DIGITS}{number:05}"
        case "date":
            return f"{MONTH}-{number % 28 + 1:02}"
    return f"Zqcanary{number:04}"


def kind_of(field):
    """The form a field asks for, by its name."""
    if field == "email":
        return "email"
    if field.endswith("phone"):
        return "phone"
    return "date" if field.startswith("date_") else "text"


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
            # The letters that depend on the mark alone, whatever stands before and after it.
            whole = base64.b64encode(b"\0" * offset + mark.encode()).rstrip(b"=")
            kept = whole[(offset * 8 + 5) // 6 : (offset + len(mark)) * 8 // 6]
            yield kept.lower()
            yield kept.translate(bytes.maketrans(b"+/", b"-_")).lower()
    yield quote(MONTH).replace("-", "%2d").encode()


_MARKS = sorted(set(_spellings()))


def sightings(data):
    """The surroundings of every canary in these bytes, or in this text."""
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else bytes(data)
    lowered = raw.lower()
    found = []
    for mark in _MARKS:
        if mark in lowered:
            found += [raw[max(0, hit.start() - 60) : hit.end() + 60] for hit in re.finditer(re.escape(mark), lowered)]
    return found


def sighted(data):
    """Whether there is any."""
    return bool(sightings(json.dumps(data, ensure_ascii=False) if isinstance(data, dict | list) else data))
