"""The mapping between public schemas and protobuf messages."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import orjson
import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from caseload.audit.v1 import trail_pb2
from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2
from caseload.identity.v1 import users_pb2, workspaces_pb2
from caseload.scheduling.v1 import appointments_pb2, services_pb2
from gateway.api.appointments.schemas import AppointmentCreate
from gateway.api.clients.schemas import ClientCreate, ClientUpdate
from gateway.api.services.schemas import ServiceUpdate
from gateway.api.users.schemas import UserQuery
from gateway.api.workspaces.schemas import WorkspaceUpdate
from gateway.mapping import dump, render, render_page, struct_to_python, to_proto

UUID_TEXT = "0198c0de-0000-7000-8000-00000000abcd"
REPLIES = [
    clients_pb2.Client,
    appointments_pb2.Appointment,
    sessions_pb2.Session,
    sessions_pb2.SessionVersion,
    users_pb2.User,
    workspaces_pb2.Workspace,
    services_pb2.Service,
    trail_pb2.AuditEvent,
]

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)
names = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=40)
moments = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis takes the bounds without a zone
    datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))]),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e300, 1e300) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", REPLIES)
def test_an_empty_message_is_rendered_with_every_field(kind: type[Message]):
    rendered = orjson.loads(dump(render(kind())))

    assert list(rendered) == [field.name for field in kind.DESCRIPTOR.fields]
    for field in kind.DESCRIPTOR.fields:
        if field.is_repeated:
            assert rendered[field.name] == []
        elif field.has_presence or field.enum_type is not None:
            assert rendered[field.name] is None


@given(moments)
def test_a_time_is_rendered_in_utc_with_z_and_a_fraction_only_if_it_has_one(moment: datetime):
    client = clients_pb2.Client()
    client.created_at.FromDatetime(moment)

    told = orjson.loads(dump(render(client)))["created_at"]

    assert told.endswith("Z")
    assert ("." in told) == bool(moment.microsecond)
    assert datetime.fromisoformat(told) == moment


@given(st.dictionaries(texts, json_values, max_size=4))
def test_a_free_object_is_the_same_after_a_round_trip(settings: dict[str, object]):
    request = to_proto(WorkspaceUpdate(settings=settings), workspaces_pb2.UpdateWorkspaceRequest)

    assert struct_to_python(request.settings) == settings
    assert list(request.mask.paths) == ["settings"]


@given(
    st.fixed_dictionaries(
        {"first_name": names, "last_name": names},
        optional={"notes": st.none() | texts, "is_active": st.booleans(), "tags": st.lists(names, max_size=4), "phone": st.none() | texts},
    )
)
def test_given_values_are_set_and_null_leaves_a_field_unset(sent: dict[str, object]):
    request = to_proto(ClientCreate(**sent), clients_pb2.CreateClientRequest)

    assert request.is_active == sent.get("is_active", True)
    assert list(request.tags) == sent.get("tags", [])
    for name in ("notes", "phone"):
        assert request.HasField(name) == (sent.get(name) is not None)
        assert getattr(request, name) == (sent.get(name) or "")


@given(st.sets(st.sampled_from(sorted(ClientUpdate.model_fields))), st.booleans())
def test_the_field_mask_lists_exactly_the_given_fields_null_included(named: set[str], value_given):
    values = {
        "first_name": "Ada",
        "last_name": "L",
        "is_active": False,
        "consent_status": True,
        "tags": ["a"],
        "email": "a@example.com",
        "date_of_birth": "1990-02-03",
        "time_zone": "Europe/Berlin",
    }
    required = {"first_name", "last_name", "is_active", "consent_status"}
    sent = {name: values.get(name, "x") if value_given or name in required else None for name in named}

    request = to_proto(ClientUpdate(**sent), clients_pb2.UpdateClientRequest, client_id=UUID(UUID_TEXT))

    assert set(request.mask.paths) == named
    assert request.client_id == UUID_TEXT
    cleared = named - required if not value_given else set()
    assert not [name for name in cleared if name != "tags" and request.HasField(name)]


def test_words_become_enum_values_and_back():
    body = AppointmentCreate(
        client_id=UUID_TEXT, scheduled_start="2027-03-01T10:00:00+02:00", scheduled_end="2027-03-01T09:30:00Z", location_type="online"
    )

    request = to_proto(body, appointments_pb2.BookAppointmentRequest, allow_conflict=True)

    assert request.location_type == appointments_pb2.LOCATION_TYPE_ONLINE
    assert request.scheduled_start.ToJsonString() == "2027-03-01T08:00:00Z"
    assert request.allow_conflict
    no_show = appointments_pb2.Appointment(status=appointments_pb2.APPOINTMENT_STATUS_NO_SHOW)
    assert render(no_show)["status"] == "no_show"
    assert render(users_pb2.User(role=users_pb2.ROLE_HEAD_DOCTOR))["role"] == "head_doctor"


def test_a_filter_that_is_false_or_zero_is_still_a_filter():
    assert to_proto(UserQuery(is_active=False), users_pb2.ListUsersRequest).HasField("is_active")
    assert not to_proto(UserQuery(), users_pb2.ListUsersRequest).HasField("is_active")
    assert to_proto(ServiceUpdate(price_minor_units=0), services_pb2.UpdateServiceRequest).HasField("price_minor_units")


def test_large_whole_numbers_stay_numbers():
    service = services_pb2.Service(price_minor_units=2**53)

    assert orjson.loads(dump(render(service)))["price_minor_units"] == 2**53


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_the_number_of_pages_is_total_by_page_size_rounded_up(total: int, page_size: int):
    pages = render_page([], total, 1, page_size)["total_pages"]

    assert pages * page_size >= total > (pages - 1) * page_size or (total == 0 and pages == 0)
