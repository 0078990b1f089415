"""The erasure of a client deletes all of the client's appointments, also those that are being booked meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.scheduling.v1 import events_pb2
from chassis.errors import NotFound

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


async def erase(member) -> None:
    request = clients_pb2.EraseClientRequest(client_id=member.client_id)
    await member.environment.stub(ClientsStub).EraseClient(request, member.call)
    await member.environment.settle()


async def test_all_appointments_of_an_erased_client_are_deleted_and_upcoming_ones_announced_as_cancelled(member):
    past = await member.book(scheduled_start=NOW - DAY)
    missed = await member.change(await member.book(scheduled_start=NOW + DAY), status="cancelled")
    deleted = await member.book(scheduled_start=NOW + 2 * DAY)
    await member.delete(deleted, reason="Entered twice")
    awaited = await member.change(await member.book(scheduled_start=NOW + 3 * DAY), notes="Bring the X-ray")
    before = await member.environment.emitted(events_pb2.AppointmentClosed, member.workspace_id)
    kept = await member.book(scheduled_start=NOW + 4 * DAY, client_id=await member.new_client())

    await erase(member)

    async with member.environment.superuser() as connection:
        rows = await connection.fetch("SELECT id FROM scheduling.appointments WHERE workspace_id = $1", member.workspace_id)
    assert [str(row["id"]) for row in rows] == [kept.id]
    closed = await member.environment.emitted(events_pb2.AppointmentClosed, member.workspace_id)
    assert [event for event in closed if event not in before] == [
        events_pb2.AppointmentClosed(
            appointment_id=awaited.id, client_id=member.client_id, status="cancelled", version=3, practitioner_id=awaited.practitioner_id
        )
    ]
    assert {past.id, missed.id, deleted.id}.isdisjoint(event.appointment_id for event in closed if event not in before)
    assert (await member.page()).total == 1
    assert (await member.summaries(member.client_id))[0].appointment_count == 0


async def test_a_repeated_erasure_event_has_no_further_effect(member):
    await member.book(scheduled_start=NOW + DAY)
    await erase(member)
    async with member.environment.runtime("clients").background(member.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=member.client_id))
    await member.environment.settle()

    assert len(await member.environment.emitted(events_pb2.AppointmentClosed, member.workspace_id)) == 1


async def test_an_erasure_deletes_nothing_in_another_workspace(member, outsider):
    theirs = await outsider.book()
    async with member.environment.runtime("clients").background(member.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=outsider.client_id))
    await member.environment.settle()

    assert await outsider.get(theirs.id) == theirs


async def test_a_booking_that_commits_after_the_erasure_of_its_client_is_refused(member):
    """The booking found the client before the erasure. The trigger refuses to count it."""
    async with member.environment.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        # An erasure that is not yet committed.
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(concat('client ', $1::uuid, ' ', $2::uuid), 0))",
            member.workspace_id,
            UUID(member.client_id),
        )
        await connection.execute(
            "INSERT INTO scheduling.client_figures (workspace_id, client_id, appointment_count, erased_at) VALUES ($1, $2, 0, now())",
            member.workspace_id,
            UUID(member.client_id),
        )
        booking = asyncio.create_task(member.book(scheduled_start=NOW + DAY))
        async with asyncio.timeout(5), member.environment.superuser() as watching:
            while not await watching.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE usename = 'scheduling_app' AND datname = current_database() AND wait_event_type = 'Lock'"
            ):
                await asyncio.sleep(0.01)
        await transaction.commit()

    with pytest.raises(NotFound) as refused:
        await booking
    assert refused.value.code == "client_not_found"
    assert (await member.page()).total == 0
    assert await member.events() == []


async def test_an_erasure_waits_for_a_booking_of_its_client_and_deletes_it(member):
    async with member.environment.superuser() as connection, connection.transaction():
        await connection.execute(
            """
            INSERT INTO scheduling.appointments (workspace_id, id, practitioner_id, client_id, scheduled_start, scheduled_end, during,
                location_type, status, sealed, created_by, created_at, updated_at)
            VALUES ($1, gen_random_uuid(), $2, $3, $4, $4::timestamptz + interval '1 hour',
                tstzrange($4, $4::timestamptz + interval '1 hour'), 'clinic', 'scheduled', '', $2, now(), now())
            """,
            member.workspace_id, member.user_id, UUID(member.client_id), NOW + DAY,
        )  # fmt: skip
        erasing = asyncio.create_task(erase(member))
        async with asyncio.timeout(5), member.environment.superuser() as watching:
            while not await watching.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE usename = 'scheduling_app' AND datname = current_database() AND wait_event_type = 'Lock'"
            ):
                await asyncio.sleep(0.01)
    await erasing

    assert (await member.page()).total == 0
    assert (await member.summaries(member.client_id))[0].appointment_count == 0
