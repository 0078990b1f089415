"""An event that its reaction cannot digest: counted, set aside, listed and replayed, while its neighbours flow; in both compositions."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from drill.environment import ATTEMPTS, until
from drill.outages import OutageProbe
from uuid_utils.compat import uuid7

QUEUE = "notifications.plan-reminders"
EVENT = "caseload.scheduling.v1.AppointmentBooked"
NOBODYS = "caseload.scheduling.v1.AppointmentForgotten"

# What a handler does of which nothing but a mended handler will make an end.
CHOKE = """
    CREATE FUNCTION notifications.choke() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.client_id = '{client_id}' THEN RAISE EXCEPTION 'choked'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER choke BEFORE INSERT ON notifications.appointments FOR EACH ROW EXECUTE FUNCTION notifications.choke()
"""
RELIEVE = "DROP TRIGGER IF EXISTS choke ON notifications.appointments; DROP FUNCTION IF EXISTS notifications.choke()"


@pytest.fixture
async def probe(place):
    async with OutageProbe(place) as probe:
        yield probe
    async with place.superuser() as connection:
        await connection.execute(RELIEVE)


async def test_a_poison_is_set_aside_after_the_counted_attempts_and_works_once_replayed(place, probe):
    poisoned = (await probe.ask("POST", "/clients", json=probe.new_client())).json()
    async with place.superuser() as connection:
        await connection.execute(CHOKE.format(client_id=UUID(poisoned["id"])))
    addresses = [await probe.book(), await probe.book(poisoned), await probe.book(), await probe.book()]
    unwell = poisoned["email"]

    async def neighbours_are_mailed():
        return all([await probe.mailed(address) for address in addresses if address != unwell])

    async def dead():
        listed = await place.command("events", "dead", "--queue", QUEUE)
        return [line for line in listed if QUEUE in line]

    await until(neighbours_are_mailed, 60, "the neighbours flow")
    (line,) = await until(dead, 60, "the poison is among the dead")
    assert f"  {EVENT}  RaiseError  after {ATTEMPTS} attempts" in line
    assert not await probe.mailed(unwell)
    event_id = line.split()[2]
    booked = await place.value("SELECT type FROM scheduling.outbox WHERE id = $1", UUID(event_id))
    assert booked == EVENT

    async with place.superuser() as connection:
        await connection.execute(RELIEVE)
    assert await place.command("events", "replay", QUEUE, "--id", event_id) == [f"1 sent to {QUEUE} once more"]

    async def mailed():
        return await probe.mailed(unwell)

    assert await until(mailed, 60, "what was replayed takes effect") == 1

    async def nobody_is_dead():
        return not await dead()

    await until(nobody_is_dead, 30, "what was replayed is dead no longer")
    await place.settle()
    assert [await probe.mailed(address) for address in addresses] == [1, 1, 1, 1]


async def test_an_event_that_no_queue_is_bound_to_is_loud_and_holds_nobody_up(place, probe):
    event_id = uuid7()
    async with place.superuser() as connection:
        await connection.execute(
            "INSERT INTO scheduling.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at)"
            " VALUES ($1, $2, $3, '', '', '', $4)",
            uuid7(),
            event_id,
            NOBODYS,
            datetime.now(UTC),
        )
    try:

        async def counted():
            return await place.metric("scheduling", "caseload_outbox_unroutable_total", service="scheduling", type=NOBODYS)

        await until(counted, 30, "the metric counts it")

        async def told():
            return [line for line in place.log("scheduling") if line.get("type") == NOBODYS and line["level"] == "error"]

        (line, *_) = await until(told, 30, "the log tells it")
        assert line["message"] == "nobody takes this event: no queue is bound to it"
        address = await probe.book()

        async def mailed():
            return await probe.mailed(address)

        await until(mailed, 60, "the next event passes it by")
        kept = await place.rows("SELECT published_at, attempts, last_error FROM scheduling.outbox WHERE id = $1", event_id)
        assert [(row["published_at"], row["last_error"]) for row in kept] == [(None, "Unroutable")]
        assert kept[0]["attempts"] >= 1
    finally:
        async with place.superuser() as connection:
            await connection.execute("DELETE FROM scheduling.outbox WHERE id = $1", event_id)
