"""Which holidays are valid."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chassis.errors import Fault, Invalid
from scheduling.working_hours.rules import day_of

MAX_NAME = 255
# The first and the last day that a holiday may be on, and of a list without bounds.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)
# The library knows others less well.
_YEARS = range(2000, 2101)


def check_holiday(values: Mapping[str, str]) -> dict[str, Any]:
    """The date and the name without surrounding white space. Raises Invalid with a fault for each that is wrong."""
    day, name = _day(values["date"]), values["name"].strip()
    faults = []
    if day is None:
        faults.append(Fault("/date", "must be a date, like 2026-12-24"))
    if not 1 <= len(name) <= MAX_NAME:
        faults.append(Fault("/name", f"must have 1 to {MAX_NAME} characters"))
    if faults:
        raise Invalid("holiday_invalid", "The holiday cannot be kept like this.", faults=faults)
    return {"date": day, "name": name}


def check_days(first: str | None, last: str | None) -> dict[str, date]:
    """The first and the last day of a list. Raises Invalid for one that is no date."""
    days = {"first": FIRST_DAY if first is None else _day(first), "last": LAST_DAY if last is None else _day(last)}
    names = {"first": "start_date", "last": "end_date"}
    faults = [Fault(f"/{names[name]}", "must be a date, like 2026-12-24") for name, day in days.items() if day is None]
    if faults:
        raise Invalid("holiday_invalid", "These are no dates.", faults=faults)
    return {name: day for name, day in days.items() if day is not None}


def check_year(year: int) -> None:
    """Raises Invalid for a year whose public holidays are not known."""
    if year not in _YEARS:
        fault = Fault("/year", f"must be from {_YEARS[0]} to {_YEARS[-1]}")
        raise Invalid("holiday_invalid", "The public holidays of this year are not known.", faults=[fault])


def country_unknown(pointer: str) -> Invalid:
    """The refusal of a country, or a part of one, whose public holidays are not known."""
    fault = Fault(pointer, "is none whose public holidays are known")
    return Invalid("holiday_country_unknown", "The public holidays of this country are not known.", faults=[fault])


def _day(text: str) -> date | None:
    day = day_of(text)
    return day if day is not None and FIRST_DAY <= day <= LAST_DAY else None
