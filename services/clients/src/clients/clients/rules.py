"""Which values the fields of a client may have. All fields of a request are checked, so that one reply names every fault."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from chassis.errors import Conflict, Fault, Forbidden, Gone, Invalid

# Lengths are in characters.
MAX_NAME = 255
MAX_SHORT_TEXT = 50
MAX_EXTERNAL_ID = 100
# RFC 5321, 4.5.3.1: 64 before the @, 255 after it.
MAX_EMAIL = 320
MAX_ADDRESS = 1_000
# A page of a hundred clients has to fit into one reply.
MAX_LONG_TEXT = 20_000
MAX_TAGS = 50
MAX_IDS = 500

EARLIEST_BIRTH = date(1900, 1, 1)
# The time zone that is furthest ahead is UTC+14, of the Line Islands. Its date is the latest anywhere.
MAX_UTC_OFFSET = timedelta(hours=14)
# A text with fewer digits is not treated as a phone number.
MIN_PHONE_DIGITS = 3

_EMAIL_PATTERN = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\".]+(\.[^\s@<>()\[\]\\,;:\".]+)+")
_DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Unicode's control characters. Text of several lines may contain tabs and line breaks, a single line no separators either.
_NOT_IN_LONG_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NOT_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_NO_DIGIT = re.compile(r"[^0-9]+")
_HARDLY_HEARD = re.compile("[aeiouhwy]")
_SAME_AGAIN = re.compile(r"(.)\1+")
# What only those see and write who treat, and who run the workspace: with this scope.
CLINICAL_FIELDS = ("medical_history", "notes")
SEES_CLINICAL = "clients:phi"

# Returns the value as it is to be stored. Raises FieldError if it cannot be.
FieldCheck = Callable[[Any], Any]


class FieldError(ValueError):
    """What is wrong with a value, in words for the person who entered it. Never contains the value."""


def check_fields(values: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The values as they are to be stored; None for a field that is to be empty.

    Raises Invalid with one fault per wrong field.
    """
    checked: dict[str, Any] = {}
    faults = []
    for name, value in values.items():
        try:
            checked[name] = _check_of(name, now)(value)
        except FieldError as error:
            faults.append(Fault(f"/{name}", str(error)))
    if faults:
        raise Invalid("invalid_client", "Some details of the client are not valid.", faults=faults)
    return checked


def may_see_clinical(scopes: Collection[str]) -> bool:
    return SEES_CLINICAL in scopes


def writable(values: Mapping[str, Any], scopes: Collection[str]) -> dict[str, Any]:
    """The values that the caller may write.

    Who does not see the clinical fields is shown nothing in them, and sends nothing back with all the rest: that clears no field. Raises
    Forbidden where there is a text in one.
    """
    if may_see_clinical(scopes):
        return dict(values)
    check_no_clinical(name for name in CLINICAL_FIELDS if says_something(values.get(name)))
    return {name: value for name, value in values.items() if name not in CLINICAL_FIELDS}


def says_something(value: Any) -> bool:
    return value is not None and bool(str(value).strip())


def check_no_clinical(fields: Iterable[str]) -> None:
    """Raises Forbidden if the caller, who may not, writes any of these fields."""
    if written := list(fields):
        told = "Your role does not permit you to write what is on record of a client's health; `fields` says what that is here."
        raise Forbidden("client_phi_not_permitted", told, facts={"fields": written})


def check_search(text: str) -> str:
    """The search text without surrounding white space. An empty text finds all clients."""
    return _check_filter("search", text, MAX_EMAIL)


def check_tag(text: str) -> str:
    """The tag without surrounding white space. Clients with any tags match an empty one."""
    return _check_filter("tag", text, MAX_SHORT_TEXT)


def check_number_of_ids(number: int) -> None:
    if number > MAX_IDS:
        raise Invalid("too_many_ids", faults=[Fault("/client_ids", f"must be {MAX_IDS} or fewer")])


def check_not_merged(into: UUID | None) -> None:
    """Raises Gone for a client who was merged: it names the survivor."""
    if into is not None:
        raise Gone("client_merged", "This client was merged into another one.", facts={"merged_into": str(into)})


def check_nothing_under_way(merge: Mapping[str, Any] | None) -> None:
    """Raises Conflict, which names the job, where there is such a merge."""
    if merge is not None:
        raise Conflict(
            "merge_under_way",
            "The history of one of these clients is just being moved; try again when it is.",
            facts={"job_id": str(merge["job_id"])},
        )


def full_name(first_name: str, last_name: str) -> str:
    return f"{first_name} {last_name}"


def normalize_email(text: str) -> str:
    """Equal for addresses that differ only in case, white space around them or Unicode composition."""
    return unicodedata.normalize("NFC", text.strip().casefold())


def normalize_phone(text: str) -> str:
    """Equal for numbers that differ only in punctuation. Empty if there are too few digits for a phone number."""
    if text.isascii():
        digits = _NO_DIGIT.sub("", text)
    else:
        digits = "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())
    if len(digits) < MIN_PHONE_DIGITS:
        return ""
    first = next(character for character in text if character == "+" or character.isdecimal())
    return f"+{digits}" if first == "+" else digits


def normalize_text(text: str) -> str:
    """Equal for texts that differ only in Unicode composition, for example in how accents are encoded."""
    return unicodedata.normalize("NFC", text)


def sound(word: str) -> str:
    """What is left of a folded word without vowels after its first letter, h, w and y, and doubled letters: equal for Jon and John."""
    return word[:1] + _SAME_AGAIN.sub(r"\1", _HARDLY_HEARD.sub("", word[1:]))


def _check_filter(name: str, text: str, max_length: int) -> str:
    if len(text) > max_length:
        raise Invalid("filter_too_long", faults=[Fault(f"/{name}", f"must be {max_length} characters or fewer")])
    return text.strip()


def _line(max_length: int, value: str | None) -> str | None:
    """One line without surrounding white space. None if nothing is left."""
    line = (value or "").strip()
    if len(line) > max_length:
        raise FieldError(f"must be {max_length} characters or fewer")
    if _NOT_IN_LINE.search(line):
        raise FieldError("must be one line without control characters")
    return line or None


def _required_line(max_length: int, value: str | None) -> str:
    line = _line(max_length, value)
    if line is None:
        raise FieldError("must not be empty")
    return line


def _long_text(max_length: int, value: str | None) -> str | None:
    """Text of several lines, unchanged. None if it is only white space."""
    text = value or ""
    if len(text) > max_length:
        raise FieldError(f"must be {max_length} characters or fewer")
    if _NOT_IN_LONG_TEXT.search(text):
        raise FieldError("must not hold control characters")
    return text if text.strip() else None


def _email(value: str | None) -> str | None:
    address = _line(MAX_EMAIL, value)
    if address is None:
        return None
    local = address.partition("@")[0]
    if not _EMAIL_PATTERN.fullmatch(address) or ".." in local or local.startswith(".") or local.endswith("."):
        raise FieldError("must be an e-mail address")
    return address


def _birth_date(latest: date, value: str | None) -> str | None:
    text = _line(MAX_SHORT_TEXT, value)
    if text is None:
        return None
    if not _DATE_PATTERN.fullmatch(text):
        raise FieldError("must be a date, YYYY-MM-DD")
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise FieldError("must be a date of the calendar") from None
    if born < EARLIEST_BIRTH:
        raise FieldError(f"must not be before {EARLIEST_BIRTH.year}")
    if born > latest:
        raise FieldError("must not be in the future")
    return text


def _time_zone(value: str | None) -> str | None:
    name = _line(MAX_SHORT_TEXT, value)
    if name is not None and name not in _time_zones():
        raise FieldError("must be an IANA time zone, like Europe/Berlin")
    return name


def _tags(value: list[str] | None) -> list[str]:
    """The tags in the order given, without repetitions."""
    tags = list(dict.fromkeys(_required_line(MAX_SHORT_TEXT, tag) for tag in value or ()))
    if len(tags) > MAX_TAGS:
        raise FieldError(f"must be {MAX_TAGS} or fewer")
    return tags


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_of(name: str, now: datetime) -> FieldCheck:
    if name == "date_of_birth":
        return partial(_birth_date, (now + MAX_UTC_OFFSET).date())
    return _CHECKS[name]


_CHECKS: dict[str, FieldCheck] = {
    "first_name": partial(_required_line, MAX_NAME),
    "last_name": partial(_required_line, MAX_NAME),
    "email": _email,
    "phone": partial(_line, MAX_SHORT_TEXT),
    "address": partial(_long_text, MAX_ADDRESS),
    "medical_history": partial(_long_text, MAX_LONG_TEXT),
    "emergency_contact_name": partial(_line, MAX_NAME),
    "emergency_contact_phone": partial(_line, MAX_SHORT_TEXT),
    # A client whose field is cleared, like a new one, is active and has not consented.
    "is_active": lambda value: value is not False,
    "consent_status": bool,
    "notes": partial(_long_text, MAX_LONG_TEXT),
    "tags": _tags,
    "gender": partial(_line, MAX_SHORT_TEXT),
    "time_zone": _time_zone,
    "external_id": partial(_line, MAX_EXTERNAL_ID),
}

EDITABLE_FIELDS = frozenset({*_CHECKS, "date_of_birth"})
