"""Rows of the waitlist as messages, and as what the rules reckon with."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from caseload.scheduling.v1 import events_pb2
from caseload.scheduling.v1 import waitlist_pb2 as pb
from chassis.protobuf.fields import fill
from scheduling.appointments.rules import AppointmentDetails
from scheduling.appointments.time_rules import refusing_periods
from scheduling.busy_periods.rules import BusyPeriod
from scheduling.waitlist.rules import Needs, Opening, Wish


def to_message(row: Mapping[str, Any]) -> pb.WaitlistEntry:
    return fill(pb.WaitlistEntry(), row)


def to_change(row: Mapping[str, Any], *, offer_id: UUID | None = None) -> events_pb2.WaitlistChanged:
    return fill(events_pb2.WaitlistChanged(), {**row, "entry_id": row["id"], "offer_id": offer_id})


def to_opening(row: Mapping[str, Any]) -> Opening:
    return Opening(**{name: row[name] for name in Opening.__slots__})


def to_wish(row: Mapping[str, Any]) -> Wish:
    return Wish(**{name: row[name] for name in Wish.__slots__})


def to_needs(service: Mapping[str, Any]) -> Needs:
    names = ("default_duration_minutes", "buffer_before_minutes", "buffer_after_minutes")
    return Needs(*(timedelta(minutes=service[name]) for name in names))


def to_periods(offer: Mapping[str, Any], opening: Mapping[str, Any], *, is_room: bool) -> list[BusyPeriod]:
    """What an offer holds."""
    busy = offer["busy_from"], offer["busy_until"]
    return refusing_periods(opening["practitioner_id"], opening["location_id"] if is_room else None, busy)


def to_details(offer: Mapping[str, Any], opening: Mapping[str, Any], entry: Mapping[str, Any]) -> AppointmentDetails:
    """The appointment that is offered."""
    return AppointmentDetails(
        client_id=entry["client_id"],
        practitioner_id=opening["practitioner_id"],
        scheduled_start=offer["starts_at"],
        scheduled_end=offer["ends_at"],
        location_type=opening["location_type"],
        location_id=opening["location_id"],
        service_id=entry["service_id"],
    )
