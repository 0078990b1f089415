"""Announces what was done at once to many appointments: an event for each, which says whether people are told of it."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from google.protobuf.message import Message

from chassis.db.transaction import Record
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments.mapping import to_event

M = TypeVar("M", bound=Message)


def announce(work: UnitOfWork, kind: type[M], rows: Sequence[Record], *, by: UUID | None = None) -> None:
    """`rows` are the appointments as they are by now. The first of each practitioner stands for the others. `by` is the user who did it."""
    number = Counter(row["practitioner_id"] for row in rows)
    told = set()
    for row in rows:
        practitioner_id = row["practitioner_id"]
        part = "further" if practitioner_id in told else "first"
        told.add(practitioner_id)
        # One alone is told of as what it is.
        more = {"batch_part": part} if number[practitioner_id] > 1 else {}
        work.emit(to_event(kind, row, by=by, **more))
