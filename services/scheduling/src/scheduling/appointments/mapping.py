"""Maps appointments between rows, messages and details, and seals and opens their PHI."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from asyncpg import Range
from google.protobuf.message import Message

from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable, Witness
from chassis.protobuf.fields import fill
from scheduling.appointments.agreed_rules import AGREED, agreed
from scheduling.appointments.rules import AppointmentDetails, Period, without_idle_reason
from scheduling.appointments.time_rules import refusing_periods
from scheduling.busy_periods.rules import CLIENT, BusyPeriod
from scheduling.tables import appointments

APPOINTMENTS = SealedTable(appointments)
M = TypeVar("M", bound=Message)

_IN_THE_CALENDAR = (
    "id", "workspace_id", "client_id", "practitioner_id", "series_id", "scheduled_start", "scheduled_end", "location_type", "location_id",
    "status", "overbooked", "version", "edited_at", "edit_count", "cancelled_at", "confirmed_at", "cancellation_asked_at", "created_at", "updated_at",
    "time_zone",
)  # fmt: skip
_PHI = ("notes", "location_details", "payment_notes", "change_reason", "overbooking_reason")
# In the row, null.
_NOT_PAID = "not_paid"
_NOT_PHI = tuple(name for name in AppointmentDetails.__slots__ if name not in _PHI)


def to_message(row: Record, keys: WorkspaceKeys) -> pb.Appointment:
    price = row["payment_price"]
    shown = {**row, "payment_status": row["payment_status"] or _NOT_PAID, "payment_price": None if price is None else f"{price:f}"}
    return APPOINTMENTS.open(row, keys, into=fill(pb.Appointment(), shown))


def to_busy_time(row: Record) -> pb.Appointment:
    """What the calendar shows of an appointment to those who may not open the client's record: who is busy when, and where."""
    return fill(pb.Appointment(), {name: row[name] for name in _IN_THE_CALENDAR})


def to_details(row: Record, appointment: pb.Appointment) -> AppointmentDetails:
    """The details of the row. `appointment` is the same row as a message, which has its decrypted PHI."""
    phi = {name: getattr(appointment, name) for name in _PHI if appointment.HasField(name)}
    columns = {name: row[name] for name in _NOT_PHI}
    return AppointmentDetails(**{**columns, "payment_status": columns["payment_status"] or _NOT_PAID}, **phi)


def to_columns(details: AppointmentDetails, busy: Period, *, appointment_id: UUID) -> dict[str, Any]:
    """The columns that hold the details that are no PHI, and what was agreed on clocks."""
    columns = {name: getattr(details, name) for name in _NOT_PHI} | agreed(details.scheduled_start, details.time_zone)
    columns["payment_status"] = None if details.payment_status == _NOT_PAID else details.payment_status
    return {"id": appointment_id, **columns, "during": Range(*busy)}


def kept_agreement(row: Mapping[str, Any], after: AppointmentDetails) -> dict[str, Any]:
    """What was agreed on clocks, of an appointment whose time is not changed: rules may have changed since. Otherwise nothing."""
    is_kept = (row["scheduled_start"], row["time_zone"]) == (after.scheduled_start, after.time_zone)
    return {name: row[name] for name in AGREED} if is_kept else {}


def new_row(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a new appointment without its sealed value: these columns, and all others as a booking leaves them."""
    return {**dict.fromkeys(APPOINTMENTS.declared.bound), "version": 1, "edit_count": 0, **columns}


def seal(details: AppointmentDetails, keys: WorkspaceKeys, row: Mapping[str, Any], witness: Witness) -> bytes:
    """The sealed PHI of the details. `row` is what a statement is about to leave: the value opens with no other."""
    told = without_idle_reason(details, overbooked=row["overbooked"])
    return APPOINTMENTS.seal(pb.Appointment(**{name: getattr(told, name) for name in _PHI}), keys, row, witness)


def busy_period_of(row: Record) -> Period:
    return row["during"].lower, row["during"].upper


def to_event(kind: type[M], row: Record, *, by: UUID | None = None, **more: Any) -> M:
    """The event about the appointment: ids and times, no PHI. `by` is the user who did it; `more` are further fields of the event."""
    times = {"starts_at": row["scheduled_start"], "ends_at": row["scheduled_end"]}
    return fill(kind(), {**row, **times, "appointment_id": row["id"], "by_user_id": by, **more})


def to_change(row: Record, *, busy_time_only: bool) -> pb.StatusChange:
    """A change of an appointment; of what the calendar does not show of it nothing where `busy_time_only`."""
    changed = json.loads(row["fields"]).items()
    fields = [
        pb.FieldChange(name=name, before=before, after=after)
        for name, (before, after) in changed
        if name in _IN_THE_CALENDAR or not busy_time_only
    ]
    columns = {name: value for name, value in row.items() if name != "fields"}
    return fill(pb.StatusChange(fields=fields), columns)


def places_of(row: Record) -> list[BusyPeriod]:
    """Where the appointment may have taken time. Whether its location was a room when it was booked is not known here."""
    client = BusyPeriod(CLIENT, row["client_id"], row["scheduled_start"], row["scheduled_end"])
    return [*refusing_periods(row["practitioner_id"], row["location_id"], busy_period_of(row)), client]
