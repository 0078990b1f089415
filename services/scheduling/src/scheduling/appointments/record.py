"""An appointment as it is kept, as it is told, and as what was agreed."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from asyncpg import Range
from google.protobuf.message import Message

from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from scheduling.appointments.rules import Span, Terms

M = TypeVar("M", bound=Message)

_SEALED = ("notes", "location_details")


def opened(row: Record, keys: WorkspaceKeys) -> pb.Appointment:
    """The appointment as it is told to those who may read it."""
    return keys.open(row["sealed"], into=fill(pb.Appointment(), row), table="appointments", row=row["id"], revision=row["version"])


def terms_of(row: Record, appointment: pb.Appointment) -> Terms:
    """What is agreed at present."""
    sealed = {name: getattr(appointment, name) for name in _SEALED if appointment.HasField(name)}
    return Terms(**{name: row[name] for name in Terms.__slots__ if name not in _SEALED}, **sealed)


def columns(terms: Terms, held: Span, keys: WorkspaceKeys, *, appointment_id: UUID, version: int) -> dict[str, Any]:
    """The terms as they are written: in the open what the calendar needs, the rest sealed."""
    told = pb.Appointment(**{name: getattr(terms, name) for name in _SEALED})
    return {
        "id": appointment_id,
        **{name: getattr(terms, name) for name in Terms.__slots__ if name not in _SEALED},
        "during": Range(*held),
        "sealed": keys.seal(told, table="appointments", row=appointment_id, revision=version),
    }


def held_by(row: Record) -> Span:
    """From when until when the appointment takes its practitioner's time."""
    return row["during"].lower, row["during"].upper


def event(kind: type[M], row: Record) -> M:
    """What the others are told of the appointment: ids and times."""
    return fill(kind(), {**row, "appointment_id": row["id"], "starts_at": row["scheduled_start"], "ends_at": row["scheduled_end"]})


def clash_facts(row: Record) -> dict[str, str]:
    """A clash as a refusal carries it."""
    return {name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value) for name, value in row.items()}
