"""What clients and people say in confidence is found in no log, table, queue, error, metric, address or file name.

Canaries are planted in every field that is marked as PHI, in every request there is; much is made to go wrong with them;
then everything that holds bytes is searched. The mail itself is its recipient's.
"""

import asyncio
import json
import time
from datetime import UTC, datetime

import grpc
import pytest
from aio_pika import Message
from attack import hiding_places
from attack.canaries import canary, sightings
from attack.figures import tell
from attack.planting import OK, REFUSED_WHATEVER_IS_SAID, Planting
from attack.surface import methods, phi_fields
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import events_pb2
from chassis.broker import rabbit_wire
from chassis.broker.protocol import Tally
from chassis.envelope import Envelope
from chassis.rows import stamp

POISONED = "notifications.plan-reminders"


async def until(question, seconds=60):
    give_up = time.monotonic() + seconds
    while not (answer := question() if not asyncio.iscoroutinefunction(question) else await question()):
        assert time.monotonic() < give_up, f"still {answer!r} after {seconds} s"
        await asyncio.sleep(0.1)
    return answer


@pytest.fixture(scope="module")
async def planting(suite):
    """The suite after everything has been planted and has gone wrong, with a tap on its events."""
    async with hiding_places.Tap.on(suite) as tap, Planting.in_suite(suite) as planting:
        planting.tap = tap
        await planting.tell_every_secret()
        planting.tell_over_http()
        await planting.send_mail(until)
        attachment = planting.upload()
        await planting.say_it_wrongly()
        await planting.say_it_in_place_of_ids()
        planting.say_it_wrongly_over_http()
        await planting.lose_tables()
        planting.letters = await poison(planting)
        await until(lambda: planting.api.get(attachment).json()["status"] == "ready")
        planting.urls.append(planting.api.get(f"{attachment}/download").raise_for_status().json()["download_url"])
        planting.urls.append(planting.api.get(attachment).json()["download_url"])
        yield planting


async def poison(planting):
    """An event whose reaction always fails, with an error that quotes a client: its dead letters."""
    words = canary()
    quoted = f"'{words[:4]}' || '{words[4:]}'"  # in two, or the database's journal would have it from this test
    async with planting.keeper.superuser() as db:
        # Nor is its log to have it from here.
        await db.execute("GRANT SET ON PARAMETER log_min_messages TO notifications_app")
        await db.execute(
            "CREATE FUNCTION notifications.quoting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " PERFORM set_config('log_min_messages', 'panic', true);"
            f" RAISE EXCEPTION '%', {quoted} USING DETAIL = 'Failing row contains ' || {quoted}; END $$"
        )
        await db.execute(
            "CREATE TRIGGER quoting BEFORE INSERT ON notifications.appointments FOR EACH ROW EXECUTE FUNCTION notifications.quoting()"
        )
        try:
            now = datetime.now(UTC)
            event = events_pb2.AppointmentBooked(
                appointment_id=str(uuid7()), client_id=str(uuid7()), practitioner_id=str(uuid7()), starts_at=stamp(now), version=1
            )
            kind = event.DESCRIPTOR.full_name
            envelope = Envelope(uuid7(), planting.workspace_id, kind, event.SerializeToString(), now, "poison", "")
            # The last of its attempts: the pauses between them are another test's matter.
            await planting.tap.publish(POISONED, rabbit_wire.message(envelope, Tally(attempt=5)))
            letters = []

            async def died():
                letters.extend(await planting.tap.dead(POISONED))
                return letters

            await until(died)
        finally:
            await db.execute("DROP TRIGGER quoting ON notifications.appointments")
            await db.execute("DROP FUNCTION notifications.quoting")
            await db.execute("REVOKE SET ON PARAMETER log_min_messages FROM notifications_app")
    return letters


def test_every_secret_there_is_was_told(planting):
    told = {method.path for method in methods() if phi_fields(method)}
    assert len(told) >= 15
    for path in told:
        assert planting.outcomes[path] is REFUSED_WHATEVER_IS_SAID.get(path, OK), path
    over_http = {name: status for name, status in planting.outcomes.items() if isinstance(status, int)}
    assert len(over_http) >= 10
    assert all(200 <= status < 300 for status in over_http.values()), over_http
    tell(f"{len(planting.planted)} canaries by {len(told)} methods and {len(over_http)} operations, {len(planting.answers)} refusals")
    assert len(planting.planted) > 50


def test_much_went_wrong_with_them(planting):
    assert len(planting.answers) > 800
    away = {name: status for name, status in planting.outcomes.items() if name.endswith("while its table is away")}
    assert set(away.values()) == {grpc.StatusCode.INTERNAL}, away
    closed = [status for name, status in planting.outcomes.items() if name.endswith("while its table is closed")]
    assert closed.count(grpc.StatusCode.INVALID_ARGUMENT) > len(closed) / 2


def test_no_answer_to_a_refused_request_repeats_one(planting):
    assert [seen for answer in planting.answers if (seen := sightings(answer))] == []


def test_no_address_that_is_handed_out_holds_one(planting):
    assert len(planting.urls) == 2
    assert [seen for url in planting.urls if (seen := sightings(url))] == []


async def test_no_table_holds_one_in_the_clear(planting):
    async with planting.keeper.superuser() as db:
        found, columns = await hiding_places.in_tables(db)
    assert columns > 200
    assert found == {}


async def test_no_event_tells_one(planting):
    found, count = await planting.tap.heard()
    assert count > 50
    assert found == {}


def test_no_dead_letter_tells_one(planting):
    assert [letter.headers["x-error"] for letter in planting.letters] == ["RaiseError"]
    assert [seen for letter in planting.letters if (seen := hiding_places.in_message(letter))] == []


async def test_nothing_else_that_was_told_of_them_died(planting):
    queues = hiding_places.queues(planting.keeper)
    assert POISONED in queues
    letters = [letter for queue in queues for letter in await planting.tap.dead(queue)]
    assert [letter.headers for letter in letters if letter.headers.get("workspace-id") == str(planting.workspace_id)] == []


def test_no_metric_counts_by_one(planting):
    found, pages = hiding_places.in_metrics(planting.keeper.trial)
    assert pages == 7
    assert found == {}


def test_the_trail_tells_none(planting):
    found, lines = hiding_places.in_trail(planting.api)
    assert lines > 100
    assert found == {}


def test_no_file_of_the_installation_holds_one_not_even_in_its_name(planting):
    """Logs of every process, the console, database pages and journals, queues on disk, stored files."""
    home = planting.keeper.trial.home
    for name in ("gateway", "identity", "clients", "scheduling", "clinical", "notifications", "audit", "mail"):
        assert (home / "logs" / f"{name}.log").exists(), name
    assert list(home.glob("postgres/data/pg_wal/0*")), "the journal is where it is looked for"
    assert list((home / "files").rglob("*-*")), "and so are the files"
    assert hiding_places.on_disk(home) == {}
    assert sightings(planting.keeper.trial.output.read_bytes()) == []


async def test_the_search_would_find_one_in_each_of_these_places(planting):
    trial, words = planting.keeper.trial, canary()
    log = trial.home / "logs" / "clients.log"
    with log.open("a") as file:
        file.write(json.dumps({"level": "error", "message": f"cannot keep {words.upper()}"}) + "\n")
    stored = trial.home / "files" / f"{words}.jpg"
    stored.write_bytes(b"")
    room = planting.api.post("/locations", json={"name": words, "location_type": "clinic"}).raise_for_status().json()
    await planting.tap.publish(rabbit_wire.dead_queue(POISONED), Message(words.encode(), headers={"x-error": words}))
    try:
        found = hiding_places.on_disk(trial.home)
        assert "logs/clients.log" in found
        assert f"the name files/{words}.jpg" in found
        assert any(name.startswith("postgres/data/pg_wal/") for name in found)
        async with planting.keeper.superuser() as db:
            assert set((await hiding_places.in_tables(db))[0]) == {"scheduling.locations.name"}
        (letter,) = await planting.tap.dead(POISONED)
        assert hiding_places.in_message(letter)
        assert any(name.startswith("rabbitmq/") for name in hiding_places.on_disk(trial.home))
    finally:
        stored.unlink()
        planting.api.delete(f"/locations/{room['id']}")


@pytest.mark.parametrize("kind", ["text", "email", "phone", "date"])
def test_the_search_finds_a_canary_however_it_is_written(kind):
    words = canary(kind)
    for text in (words, words.upper(), words.encode().hex(), f"%{words}", json.dumps({"name": [words]})):
        assert sightings(text)
    for padding in ("", "a", "ab"):
        assert sightings((padding + words).encode("utf-16-le"))
    assert not sightings("a client with a name, born in 1971, +49 30 1234567, somebody@example.com")
