"""Between rows and messages: what is copied, what is cleared, and what is refused."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import uuid4

import orjson
import pytest
from google.protobuf import timestamp_pb2
from google.protobuf.field_mask_pb2 import FieldMask
from hypothesis import given, strategies

from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2
from caseload.identity.v1 import users_pb2
from caseload.scheduling.v1 import appointments_pb2 as pb
from chassis.errors import Invalid
from chassis.paging import LAST_PAGE, page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.field_options import uuids
from chassis.protobuf.fields import fill, masked
from chassis.protobuf.fields import given as values_of
from chassis.protobuf.timestamps import to_datetime, to_timestamp

MOMENTS = strategies.datetimes(timezones=strategies.just(UTC))


@given(MOMENTS)
def test_a_moment_survives_the_way_there_and_back(moment):
    assert to_datetime(to_timestamp(moment)) == moment


def test_a_moment_of_any_zone_is_told_in_utc():
    eastern = datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=-5)))
    assert to_timestamp(eastern) == timestamp_pb2.Timestamp(seconds=int(eastern.timestamp()))


@pytest.mark.parametrize("seconds", [-(2**60), 2**60])
def test_a_moment_outside_the_calendar_is_refused(seconds):
    with pytest.raises(Invalid):
        to_datetime(timestamp_pb2.Timestamp(seconds=seconds))


def test_a_row_fills_the_fields_of_its_columns_and_none_leaves_them_unset():
    id_, start = uuid4(), datetime(2026, 11, 20, 9, tzinfo=UTC)
    row = {
        "id": id_,
        "scheduled_start": start,
        "location_type": "home",
        "status": "no_show",
        "overbooked": True,
        "version": 7,
        "series_id": None,
        "somebody_elses": 1,
    }
    filled = fill(pb.Appointment(), row)
    assert filled == pb.Appointment(
        id=str(id_),
        scheduled_start=to_timestamp(start),
        location_type=pb.LOCATION_TYPE_HOME,
        status=pb.APPOINTMENT_STATUS_NO_SHOW,
        overbooked=True,
        version=7,
    )
    assert not filled.HasField("series_id")


def test_dates_and_objects_are_told_as_the_contract_writes_them():
    assert fill(clients_pb2.Client(), {"date_of_birth": date(1970, 2, 1)}).date_of_birth == "1970-02-01"
    shifts = {"mon": [{"start": "08:00", "end": "16:00"}], "weight": 2}
    request = users_pb2.UpdateUserRequest(mask=FieldMask(paths=["shift_schedule"]))
    fill(request, {"shift_schedule": shifts})
    assert masked(request, ["shift_schedule"]) == {"shift_schedule": shifts}


def test_a_value_of_a_wrong_kind_is_our_fault_not_a_text():
    with pytest.raises(TypeError):
        fill(pb.Appointment(), {"id": 7})


def test_a_mask_says_what_is_set_and_what_is_cleared():
    request = pb.ChangeAppointmentRequest(
        mask=FieldMask(paths=["notes", "status", "scheduled_start"]),
        status=pb.APPOINTMENT_STATUS_CANCELLED,
        scheduled_start=timestamp_pb2.Timestamp(seconds=0),
        location_details="not named",
    )
    assert masked(request, ["notes", "status", "scheduled_start", "location_details"]) == {
        "notes": None,
        "status": "cancelled",
        "scheduled_start": datetime(1970, 1, 1, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("name", "pointer"), [("status", "/status"), ("Ada Jones", "/mask"), ("mask", "/mask"), ("client_id.x", "/mask"), ("", "/mask")]
)
def test_a_mask_that_names_something_else_is_refused_without_repeating_it(name, pointer):
    with pytest.raises(Invalid) as refused:
        masked(pb.ChangeAppointmentRequest(mask=FieldMask(paths=[name])), ["notes"])
    assert refused.value.faults[0].pointer == pointer


def test_an_unspecified_choice_is_refused():
    with pytest.raises(Invalid):
        enum_text(pb.LocationType, 0)
    request = pb.ChangeAppointmentRequest(mask=FieldMask(paths=["status"]), status=99)
    with pytest.raises(Invalid):
        masked(request, ["status"])


def test_what_a_request_may_keep_silent_about_is_none_when_it_does():
    said = values_of(clients_pb2.CreateClientRequest(first_name="Ada", tags=["new"], consent_status=False))
    assert said["first_name"] == "Ada"
    assert said["tags"] == ["new"]
    assert said["consent_status"] is False
    assert said["email"] is None
    assert set(said) == {field.name for field in clients_pb2.CreateClientRequest.DESCRIPTOR.fields}


@given(strategies.integers(-(2**31), 2**31 - 1), strategies.integers(-(2**31), 2**31 - 1))
def test_a_page_is_within_bounds_or_refused(number, size):
    request = pb.ListAppointmentsRequest(page=number, page_size=size)
    if 0 <= number <= LAST_PAGE and 0 <= size <= 100:
        found = page(request)
        assert 1 <= found.limit <= 100
        assert found.offset == (max(number, 1) - 1) * found.limit
    else:
        with pytest.raises(Invalid):
            page(request)


@pytest.mark.parametrize("number", [0, 1, -7, 0.5, 2**53, -(2**53), 2.0**53 + 2, 2.0**64, -1.8900755272195776e256, 1e308])
def test_every_number_of_a_free_object_can_be_kept(number):
    request = users_pb2.UpdateUserRequest(mask=FieldMask(paths=["shift_schedule"]))
    request.shift_schedule.update({"a": [{"b": number}]})
    (kept,) = masked(request, ["shift_schedule"]).values()
    assert orjson.loads(orjson.dumps(kept)) == {"a": [{"b": number}]}


def test_the_ids_of_a_message_are_found_wherever_they_are_and_nothing_else_is_taken_for_one():
    note, client, other = uuid4(), uuid4(), uuid4()
    page = sessions_pb2.SessionPage(
        items=[
            sessions_pb2.Session(id=str(note), client_id=str(client), subjective=str(uuid4())),
            sessions_pb2.Session(id=str(other).upper()),
        ]
    )
    assert uuids(page) == {note, client, other}
    assert uuids(clients_pb2.GetSummariesRequest(client_ids=[str(client), str(other), "none"])) == {client, other}
    assert uuids(sessions_pb2.SessionPage()) == set()
