"""Calendar feeds, called over gRPC and read by the `icalendar` library."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar
from uuid_utils.compat import uuid7

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import calendar_feeds_pb2 as pb
from caseload.scheduling.v1 import locations_pb2
from caseload.scheduling.v1.calendar_feeds_rpc import CalendarFeedsStub
from caseload.scheduling.v1.locations_rpc import LocationsStub
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.context import RequestContext
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from identity.roles import SCOPES_BY_ROLE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOMORROW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + DAY
NOBODY = RequestContext(request_id="a-calendar-program", ip_address="192.0.2.9")


@pytest.fixture
def practitioner(member):
    """The owner, who treats."""
    return replace(member, user_id=member.owner_id, scopes=SCOPES_BY_ROLE["owner"])


async def colleague(member, role):
    request = users_pb2.CreateUserRequest(email=f"{uuid7().hex}@example.com", full_name="Grace Hopper", role=role)
    user = await member.environment.stub(UsersStub).CreateUser(request, member.call)
    return replace(member, user_id=UUID(user.id))


async def create(member, *, shows_initials=False):
    return await member.environment.stub(CalendarFeedsStub).CreateFeed(pb.CreateFeedRequest(shows_initials=shows_initials), member.call)


async def feeds(member, **fields):
    return list((await member.environment.stub(CalendarFeedsStub).ListFeeds(pb.ListFeedsRequest(**fields), member.call)).items)


async def delete(member, feed):
    await member.environment.stub(CalendarFeedsStub).DeleteFeed(pb.DeleteFeedRequest(feed_id=feed.id), member.call)


async def read(member, token):
    reply = await member.environment.stub(CalendarFeedsStub).ReadFeed(pb.ReadFeedRequest(token=token), NOBODY)
    return reply.calendar


async def events(member, token):
    return Calendar.from_ical(await read(member, token)).walk("VEVENT")


async def booked(member, start=TOMORROW, **fields):
    return await member.book(scheduled_start=start, practitioner_id=str(member.user_id), **fields)


async def test_an_appointment_is_an_event_that_tells_nothing_of_the_client(practitioner):
    appointment = await booked(practitioner, notes="Rosebud canary")
    await practitioner.book(
        scheduled_start=TOMORROW, practitioner_id=str((await colleague(practitioner, users_pb2.ROLE_THERAPIST)).user_id)
    )
    token = (await create(practitioner)).token

    (event,) = await events(practitioner, token)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{appointment.id}@appointments.caseload", 0, "CONFIRMED")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (TOMORROW, TOMORROW + HOUR)
    assert event["DTSTART"].to_ical().endswith(b"Z")
    assert (event["SUMMARY"], event["CLASS"], "LOCATION" in event) == ("Appointment", "PRIVATE", False)
    for secret in (b"Ada", b"Lovelace", b"osebud", practitioner.client_id.encode()):
        assert secret not in await read(practitioner, token)


async def test_the_calendar_stays_the_same_to_the_byte_until_something_changes(practitioner):
    appointment = await booked(practitioner)
    token = (await create(practitioner)).token
    first = await read(practitioner, token)
    assert await read(practitioner, token) == first

    await practitioner.move(appointment, TOMORROW + 2 * HOUR)
    (moved,) = await events(practitioner, token)
    assert (moved["UID"].split("@")[0], moved["SEQUENCE"], moved["DTSTART"].dt) == (appointment.id, 1, TOMORROW + 2 * HOUR)


async def test_what_was_cancelled_or_deleted_says_so_for_thirty_days(practitioner):
    cancelled, deleted, kept = [await booked(practitioner, TOMORROW + hours * HOUR) for hours in (0, 2, 4)]
    await practitioner.change(cancelled, status="cancelled")
    await practitioner.delete(deleted)
    token = (await create(practitioner)).token

    assert {
        event["UID"].split("@")[0]: (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) for event in await events(practitioner, token)
    } == {
        cancelled.id: ("CANCELLED", 1, "TRANSPARENT"),
        deleted.id: ("CANCELLED", 1, "TRANSPARENT"),
        kept.id: ("CONFIRMED", 0, "OPAQUE"),
    }
    async with practitioner.environment.superuser() as connection:
        await connection.execute(
            """
            UPDATE scheduling.appointments SET cancelled_at = cancelled_at - interval '31 days', deleted_at = deleted_at - interval '31 days'
            WHERE workspace_id = $1
            """,
            practitioner.workspace_id,
        )
    assert [event["UID"].split("@")[0] for event in await events(practitioner, token)] == [kept.id]


async def test_the_room_of_a_clinic_is_told_and_a_home_is_not(practitioner):
    rooms = practitioner.environment.stub(LocationsStub)
    for kind, hours in ((1, 0), (2, 2)):
        request = locations_pb2.CreateLocationRequest(name=f"Place {kind}", location_type=kind, address="1 Main Street")
        location = await rooms.CreateLocation(request, practitioner.call)
        await booked(practitioner, TOMORROW + hours * HOUR, location_id=location.id, location_type=["clinic", "home"][kind - 1])

    token = (await create(practitioner)).token
    assert [event.get("LOCATION") for event in await events(practitioner, token)] == ["Place 1", None]
    assert b"Main Street" not in await read(practitioner, token)


async def test_initials_are_told_if_the_owner_says_so_but_never_of_restricted_clients(practitioner):
    secret = await practitioner.new_client()
    await booked(practitioner)
    await booked(practitioner, TOMORROW + 2 * HOUR, client_id=secret)
    token = (await create(practitioner, shows_initials=True)).token
    assert [event["SUMMARY"] for event in await events(practitioner, token)] == ["Appointment A.L."] * 2

    async with practitioner.environment.superuser() as connection:
        # As clients tells of it.
        await connection.execute(
            "INSERT INTO scheduling.client_access (workspace_id, client_id, restricted, user_ids, version) VALUES ($1, $2, true, $3, 1)",
            practitioner.workspace_id,
            UUID(secret),
            [practitioner.user_id],
        )
    assert [event["SUMMARY"] for event in await events(practitioner, token)] == ["Appointment A.L.", "Appointment"]


async def test_a_feed_is_void_when_it_is_deleted_and_when_its_practitioner_leaves(practitioner):
    therapist = await colleague(practitioner, users_pb2.ROLE_THERAPIST)
    first, second = await create(therapist), await create(therapist)
    await booked(therapist)
    assert len(await events(practitioner, first.token)) == 1

    await delete(therapist, first.feed)
    gone = users_pb2.DeactivateUserRequest(user_id=str(therapist.user_id))
    await practitioner.environment.stub(UsersStub).DeactivateUser(gone, practitioner.call)
    other = OpaqueToken.generate(practitioner.workspace_id, UUID(second.feed.id))
    for token in (first.token, second.token, str(other), "nonsense", ""):
        with pytest.raises(NotFound) as refused:
            await read(practitioner, token)
        assert refused.value.code == "calendar_feed_not_found"


async def test_the_feed_of_a_suspended_workspace_is_void_until_it_is_active_again(practitioner):
    token = (await create(practitioner)).token
    for status, is_void in (("suspended", True), ("active", False)):
        async with practitioner.environment.superuser() as connection:
            await connection.execute(
                "UPDATE identity.workspaces SET status = $2 WHERE workspace_id = $1", practitioner.workspace_id, status
            )
        if is_void:
            with pytest.raises(NotFound) as refused:
                await read(practitioner, token)
            assert refused.value.code == "calendar_feed_not_found"
        else:
            assert await read(practitioner, token)


async def test_the_secret_is_not_stored_and_the_last_reading_is(practitioner):
    created = await create(practitioner)
    assert not (await feeds(practitioner))[0].HasField("last_read_at")
    await read(practitioner, created.token)

    (shown,) = await feeds(practitioner)
    assert shown.HasField("last_read_at")
    assert (shown.id, shown.practitioner_id, shown.shows_initials) == (created.feed.id, str(practitioner.user_id), False)
    async with practitioner.environment.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM scheduling.calendar_feeds WHERE id = $1", UUID(shown.id))
    assert bytes(row["token_hash"]) == OpaqueToken.parse(created.token).hash
    assert OpaqueToken.parse(created.token).secret not in repr(dict(row)).encode()
    lines = await practitioner.audited("create_feed") + await practitioner.audited("read_feed")
    assert [(line.resource_id, line.facts["feed_id"]) for line in lines] == [(str(practitioner.user_id), shown.id)] * 2
    assert created.token not in repr(lines)


async def test_feeds_are_ones_own_and_managers_revoke_them(practitioner, outsider):
    therapist = (await colleague(practitioner, users_pb2.ROLE_THERAPIST)).only(*SCOPES_BY_ROLE["therapist"])
    own, managers = await create(therapist), await create(practitioner)
    assert [feed.id for feed in await feeds(therapist)] == [own.feed.id]
    assert [feed.id for feed in await feeds(practitioner, practitioner_id=str(therapist.user_id))] == [own.feed.id]
    with pytest.raises(Forbidden):
        await feeds(therapist, practitioner_id=str(practitioner.user_id))
    with pytest.raises(Forbidden):
        await delete(therapist, managers.feed)
    stranger = replace(outsider, user_id=outsider.owner_id)
    with pytest.raises(NotFound):
        await feeds(stranger, practitioner_id=str(therapist.user_id))
    with pytest.raises(NotFound):
        await delete(stranger, own.feed)
    assert await read(practitioner, own.token)

    await delete(practitioner, own.feed)
    assert await feeds(therapist) == []


async def test_a_practitioner_has_five_feeds_even_if_many_are_asked_for_at_once(practitioner):
    made = await asyncio.gather(*(create(practitioner) for _ in range(12)), return_exceptions=True)

    assert len(await feeds(practitioner)) == 5
    assert {refusal.code for refusal in made if isinstance(refusal, Conflict)} == {"too_many_calendar_feeds"}
    assistant = await colleague(practitioner, users_pb2.ROLE_ASSISTANT)
    with pytest.raises(Invalid) as refused:
        await create(assistant)
    assert refused.value.code == "practitioner_does_not_treat"
