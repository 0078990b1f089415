"""Maps series between rows, requests and messages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1 import series_pb2 as pb
from chassis.db.transaction import Record
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given
from chassis.turns import in_turns
from scheduling.appointments import rules as appointments
from scheduling.appointments.rules import AppointmentDetails
from scheduling.busy_periods.mapping import to_clash
from scheduling.series import rules
from scheduling.series.rules import Occurrence


def details_of(
    request: pb.CreateSeriesRequest | pb.PreviewSeriesRequest, start: datetime, end: datetime, *, caller: UUID
) -> AppointmentDetails:
    """The first appointment of the series. The practitioner is the caller if the request names none."""
    wanted = given(request)
    appointments.check_slot(start, end)
    appointments.check_texts(notes=wanted["notes"], location_details=wanted["location_details"])
    practitioner_id, location_id, service_id = (
        UUID(value) if (value := wanted[name]) else None for name in ("practitioner_id", "location_id", "service_id")
    )
    return AppointmentDetails(
        client_id=UUID(request.client_id),
        practitioner_id=practitioner_id or caller,
        scheduled_start=start,
        scheduled_end=end,
        location_type=enum_text(appointments_pb2.LocationType, request.location_type),
        location_id=location_id,
        service_id=service_id,
        time_zone=request.time_zone,
        notes=wanted["notes"],
        location_details=wanted["location_details"],
    )


async def to_message(rule: dict[str, Any], occurrences: Iterable[Occurrence], conflicts: Sequence[Record], *, version: int) -> pb.Series:
    """The series with all its occurrences; `rule` are the columns of its row."""
    series = fill(pb.Series(version=version), rule)
    await in_turns(_add(series, occurrence) for occurrence in occurrences)
    series.conflicts.extend(await in_turns(to_clash(row) for row in {row["id"]: row for row in conflicts}.values()))
    return series


def _add(series: pb.Series, occurrence: Occurrence) -> pb.Occurrence:
    facts = {"start": occurrence.start, "end": occurrence.end, "status": occurrence.status, "appointment_id": occurrence.appointment_id}
    return fill(series.occurrences.add(conflict_ids=map(str, occurrence.conflict_ids)), facts)


def as_kept(places: Iterable[rules.Place], times: dict[UUID, tuple[datetime, datetime]], length: Any) -> list[Occurrence]:
    """The occurrences of a series that is there. Those whose appointment was deleted are left out."""
    found = []
    for place in places:
        if place.appointment_id is None:
            found.append(Occurrence(place.planned_start, place.planned_start + length, place.left_out or rules.OK))
        elif place.appointment_id in times:
            found.append(Occurrence(*times[place.appointment_id], appointment_id=place.appointment_id))
    return found
