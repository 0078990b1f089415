"""Which scores are possible. All faults of a request are reported together."""

import math
from datetime import datetime
from uuid import UUID

from chassis.errors import Fault, Invalid
from clinical.plans.rules import is_future

MAX_NAME = 100
# Beyond every scale and every unit in use.
MOST = 1_000_000
# Instruments with a range that is part of their definition, by their names in lower case without spaces and hyphens.
RANGES = {
    "pain": (0, 10),
    "phq2": (0, 6),
    "phq9": (0, 27),
    "gad2": (0, 6),
    "gad7": (0, 21),
}


# Sums of items that are scored in whole numbers. Pain is marked on a line as well.
WHOLE = RANGES.keys() - {"pain"}


def _key(name: str) -> str:
    return name.casefold().replace(" ", "").replace("-", "")


def possible_range(name: str) -> tuple[float, float]:
    """The least and the greatest score of an instrument; of one that is not known, whatever a number can sensibly be."""
    return RANGES.get(_key(name), (-MOST, MOST))


def check_measure(name: str, value: float, measured_at: datetime, *, now: datetime) -> None:
    """Raises Invalid with a fault for every wrong field."""
    faults = []
    if not 1 <= len(name) <= MAX_NAME:
        faults.append(Fault("/name", f"must have 1 to {MAX_NAME} characters"))
    least, most = possible_range(name)
    if not math.isfinite(value) or not least <= value <= most:
        faults.append(Fault("/value", f"must be from {least} to {most}"))
    elif _key(name) in WHOLE and value != int(value):
        faults.append(Fault("/value", "must be a whole number"))
    if is_future(measured_at, now=now):
        faults.append(Fault("/measured_at", "must not be in the future"))
    if faults:
        raise Invalid("measure_invalid", "This score is not possible.", faults=faults)


def measured_at(given: datetime | None, session_date: datetime | None, *, now: datetime) -> datetime:
    """When a score was measured: as given, else in its session, else now. A session that is to come is documented now."""
    if given is not None:
        return given
    return now if session_date is None else min(session_date, now)


def check_same_client(client_id: UUID, of_session: UUID) -> None:
    """Raises Invalid if the session is another client's."""
    if client_id != of_session:
        raise Invalid(
            "session_of_another_client",
            "The session is another client's.",
            faults=[Fault("/session_id", "is another client's")],
        )
