"""What the record of a patient may hold. All of its members are checked, so that one reply names every fault."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

from chassis.errors import Fault, Invalid

PatientId: TypeAlias = int | str

# Numbers beyond it are not the same for everybody who reads JSON (RFC 8259, section 6).
LARGEST_NUMBER = 2**53 - 1
# An id that a record brings along leaves room for those that are given after it.
LARGEST_ID = LARGEST_NUMBER - 2**50
LONGEST_ID = 100
GENDERS = frozenset({"male", "female", "other", "unknown"})
# Stands in the place of the first name of somebody who has one name only.
NO_FIRST_NAME = "-"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[1-9][0-9]{0,15}")
# Any other name of a member may be what somebody typed, and replies are logged by those who receive them.
_MEMBER = re.compile(r"[A-Za-z_]{1,40}")
_NOT_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MOST_NAMED = 20


class MemberError(ValueError):
    """What is wrong with a value, in words for the person who wrote it. Never contains the value."""


def check_record(record: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """The members as written, without the id. With `partial`, those that are not given are left out.

    Raises Invalid with a fault for every wrong or missing member.
    """
    checked, faults = {}, _unknown(record)
    for name, check in _CHECKS.items():
        if partial and name not in record:
            continue
        try:
            checked[name] = check(record.get(name))
        except MemberError as error:
            faults.append(Fault(f"/{name}", str(error)))
    if faults:
        raise invalid(faults)
    return checked


def check_id(value: Any) -> PatientId | None:
    """The id that a record brings along: a whole number above 0 or a text. None for one that is to be given a number."""
    if value is None or value == "" or (type(value) is int and value == 0):
        return None
    if type(value) is int and 0 < value <= LARGEST_ID:
        return value
    if isinstance(value, str) and len(value) <= LONGEST_ID and "/" not in value and not _NOT_IN_LINE.search(value):
        return value
    detail = f"must be a whole number from 1 to {LARGEST_ID}, or a text of {LONGEST_ID} characters or fewer without slashes and control characters"
    raise invalid([Fault("/id", detail)])


def number_of(patient_id: PatientId) -> int:
    """The number that nobody may be given after this id is taken; 0 for a text that is no number."""
    if isinstance(patient_id, int):
        return patient_id
    number = int(patient_id) if _DIGITS.fullmatch(patient_id) else 0
    return number if number <= LARGEST_ID else 0


def split_name(name: str) -> tuple[str, str]:
    """The first names and the last name. Raises Invalid for a name without a word."""
    words = [word for word in name.split(" ") if word.strip()]
    if not words:
        raise invalid([Fault("/name", "must not be empty")])
    return " ".join(words[:-1]) or NO_FIRST_NAME, words[-1]


def invalid(faults: list[Fault]) -> Invalid:
    return Invalid("invalid_patient", "The record of the patient is not valid.", faults=faults)


def _unknown(record: Mapping[str, Any]) -> list[Fault]:
    known = ("id", *_CHECKS)
    unknown = [name if _MEMBER.fullmatch(name) else "-" for name in record if name not in known]
    return [Fault(f"/{name}", f"is not known; a record has {', '.join(known)}") for name in dict.fromkeys(unknown[:_MOST_NAMED])]


def _text(value: Any) -> str:
    if value is None:
        raise MemberError("is required")
    if not isinstance(value, str):
        raise MemberError("must be a text")
    if not value.strip():
        raise MemberError("must not be empty")
    return value


def _name(value: Any) -> str:
    text = _text(value)
    if _NOT_IN_LINE.search(text):
        raise MemberError("must be one line without control characters")
    return text


def _patient_id(value: Any) -> str:
    text = _text(value)
    if text != text.strip():
        raise MemberError("must not begin or end with white space")
    return text


def _age(value: Any) -> int:
    if value is None:
        raise MemberError("is required")
    if type(value) is not int or not 0 < value <= LARGEST_NUMBER:
        raise MemberError("must be a whole number above 0")
    return value


def _gender(value: Any) -> str:
    text = _text(value)
    if text.lower() not in GENDERS:
        raise MemberError("must be Male, Female, Other or Unknown")
    return text


def _last_visit(value: Any) -> str:
    text = _text(value)
    if not _DATE.fullmatch(text):
        raise MemberError("must be a date, YYYY-MM-DD")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise MemberError("must be a date of the calendar") from None
    return text


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "patientID": _patient_id,
    "name": _name,
    "age": _age,
    "gender": _gender,
    "medicalCondition": _text,
    "lastVisit": _last_visit,
}
