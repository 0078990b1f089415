"""What a client's particulars may be. All of a form is judged at once, so that it can be mended in one go."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import available_timezones

from chassis.errors import Fault, Invalid

NAME = 255
SHORT = 50
EXTERNAL_ID = 100
# RFC 5321, 4.5.3.1: 64 before the @, 255 after it.
EMAIL = 320
ADDRESS = 1_000
# A page of a hundred clients still has to fit into one reply.
PROSE = 20_000
TAGS = 50
IDS_AT_ONCE = 500

EARLIEST_BIRTH = date(1900, 1, 1)
# It is already tomorrow somewhere: UTC+14, the Line Islands.
AHEAD_OF_UTC = timedelta(hours=14)
# Fewer digits than this are a house number or a typing error, not something to ring.
DIGITS_OF_A_PHONE = 3

_EMAIL_SHAPE = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\".]+(\.[^\s@<>()\[\]\\,;:\".]+)+")
_DATE_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Unicode's control characters; prose may have tabs and line breaks, a line may have no separators either.
_BREAKS_PROSE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAKS_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Reader = Callable[[Any], Any]


class UnfitError(ValueError):
    """Why one value cannot be kept, in words for the person who typed it."""


def check_particulars(given: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The values as they are to be kept, None where a field is to be empty.

    Invalid, with one fault per field, when any of them cannot be kept.
    """
    kept: dict[str, Any] = {}
    faults = []
    for name, value in given.items():
        try:
            kept[name] = _reader(name, now)(value)
        except UnfitError as unfit:
            faults.append(Fault(f"/{name}", str(unfit)))
    if faults:
        raise Invalid("invalid_client", "Some of these particulars cannot be kept.", faults=faults)
    return kept


def check_search(text: str) -> str:
    """The search as it is to be looked for; empty for no search at all."""
    return _check_filter("search", text, EMAIL)


def check_tag(text: str) -> str:
    """The tag to be looked for; empty for no tag in particular."""
    return _check_filter("tag", text, SHORT)


def check_number_of_ids(number: int) -> None:
    if number > IDS_AT_ONCE:
        raise Invalid("too_many_ids", faults=[Fault("/client_ids", f"must be {IDS_AT_ONCE} or fewer")])


def full_name(first_name: str, last_name: str) -> str:
    return f"{first_name} {last_name}"


def same_email(text: str) -> str:
    """Equal for addresses that reach the same mailbox, as far as mail providers treat case alike."""
    return unicodedata.normalize("NFC", text.strip().casefold())


def same_phone(text: str) -> str:
    """Equal for numbers that differ in punctuation only; empty when there are too few digits to be one."""
    digits = "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
    if len(digits) < DIGITS_OF_A_PHONE:
        return ""
    begun = next(sign for sign in text if sign == "+" or sign.isdecimal())
    return f"+{digits}" if begun == "+" else digits


def same_text(text: str) -> str:
    """Equal for texts that look the same, however their accents are encoded."""
    return unicodedata.normalize("NFC", text)


def _check_filter(name: str, text: str, most: int) -> str:
    if len(text) > most:
        raise Invalid("filter_too_long", faults=[Fault(f"/{name}", f"must be {most} characters or fewer")])
    return text.strip()


def _line(most: int, value: str | None) -> str | None:
    """One line of text; a blank one is none."""
    line = (value or "").strip()
    if len(line) > most:
        raise UnfitError(f"must be {most} characters or fewer")
    if _BREAKS_A_LINE.search(line):
        raise UnfitError("must be one line without control characters")
    return line or None


def _required_line(most: int, value: str | None) -> str:
    line = _line(most, value)
    if line is None:
        raise UnfitError("must not be empty")
    return line


def _prose(most: int, value: str | None) -> str | None:
    """Text of several lines, kept as it was written."""
    text = value or ""
    if len(text) > most:
        raise UnfitError(f"must be {most} characters or fewer")
    if _BREAKS_PROSE.search(text):
        raise UnfitError("must not hold control characters")
    return text if text.strip() else None


def _email(value: str | None) -> str | None:
    address = _line(EMAIL, value)
    if address is None:
        return None
    local = address.partition("@")[0]
    if not _EMAIL_SHAPE.fullmatch(address) or ".." in local or local.startswith(".") or local.endswith("."):
        raise UnfitError("must be an e-mail address")
    return address


def _birth_date(latest: date, value: str | None) -> str | None:
    text = _line(SHORT, value)
    if text is None:
        return None
    if not _DATE_SHAPE.fullmatch(text):
        raise UnfitError("must be a date, YYYY-MM-DD")
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise UnfitError("must be a date of the calendar") from None
    if born < EARLIEST_BIRTH:
        raise UnfitError(f"must not be before {EARLIEST_BIRTH.year}")
    if born > latest:
        raise UnfitError("must not be in the future")
    return text


def _time_zone(value: str | None) -> str | None:
    name = _line(SHORT, value)
    if name is not None and name not in _time_zones():
        raise UnfitError("must be an IANA time zone, like Europe/Berlin")
    return name


def _tags(value: list[str] | None) -> list[str]:
    """Each once, in the order given."""
    tags = list(dict.fromkeys(_required_line(SHORT, tag) for tag in value or ()))
    if len(tags) > TAGS:
        raise UnfitError(f"must be {TAGS} or fewer")
    return tags


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _reader(name: str, now: datetime) -> Reader:
    if name == "date_of_birth":
        return partial(_birth_date, (now + AHEAD_OF_UTC).date())
    return _READERS[name]


_READERS: dict[str, Reader] = {
    "first_name": partial(_required_line, NAME),
    "last_name": partial(_required_line, NAME),
    "email": _email,
    "phone": partial(_line, SHORT),
    "address": partial(_prose, ADDRESS),
    "medical_history": partial(_prose, PROSE),
    "emergency_contact_name": partial(_line, NAME),
    "emergency_contact_phone": partial(_line, SHORT),
    # Cleared, a client is active and has consented to nothing.
    "is_active": lambda value: value is not False,
    "consent_status": bool,
    "notes": partial(_prose, PROSE),
    "tags": _tags,
    "gender": partial(_line, SHORT),
    "time_zone": _time_zone,
    "external_id": partial(_line, EXTERNAL_ID),
}

PARTICULARS = frozenset({*_READERS, "date_of_birth"})
