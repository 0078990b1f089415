"""What clients and people say in confidence is found in no log, table, queue, error, metric, address or file name.

Canaries are planted in every field that is marked as PHI, in every request there is; much is made to go wrong with them;
then everything that holds bytes is searched. The mail itself is its recipient's.
"""

import asyncio
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import grpc
import pytest
from aio_pika import Message
from attack import leak_search
from attack.canaries import canary, find_canaries
from attack.canary_requests import ALWAYS_REFUSED, OK, CanaryRequests
from attack.reporting import report
from attack.service_methods import methods, phi_fields
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import events_pb2
from chassis.events.broker.rabbitmq import messages as rabbit_wire
from chassis.events.broker.retry import DeliveryCount
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.envelope import Envelope
from standalone.selftest.operations import operations

POISONED = "notifications.plan-reminders"


async def until(question, seconds=60):
    give_up = time.monotonic() + seconds
    while not (answer := question() if not asyncio.iscoroutinefunction(question) else await question()):
        assert time.monotonic() < give_up, f"still {answer!r} after {seconds} s"
        await asyncio.sleep(0.1)
    return answer


@pytest.fixture(scope="module")
async def campaign(suite):
    """The suite after everything has been planted and has gone wrong, with a tap on its events."""
    async with leak_search.EventTap.on(suite) as tap, CanaryRequests.in_suite(suite) as campaign:
        campaign.tap = tap
        await campaign.send_every_phi_field()
        campaign.send_over_http()
        await campaign.send_mail(until)
        attachment = campaign.upload()
        await campaign.send_invalid_requests()
        await campaign.send_as_ids()
        campaign.send_invalid_http_requests()
        await campaign.send_while_tables_fail()
        campaign.letters = await poison(campaign)
        await until(lambda: campaign.api.get(attachment).json()["status"] == "ready")
        campaign.urls.append(campaign.api.get(f"{attachment}/download").raise_for_status().json()["download_url"])
        campaign.urls.append(campaign.api.get(attachment).json()["download_url"])
        yield campaign


async def poison(campaign):
    """An event whose reaction always fails, with an error that quotes a client: its dead letters."""
    words = canary()
    quoted = f"'{words[:4]}' || '{words[4:]}'"  # in two, or the database's journal would have it from this test
    async with campaign.attacked.superuser() as db:
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
                appointment_id=str(uuid7()), client_id=str(uuid7()), practitioner_id=str(uuid7()), starts_at=to_timestamp(now), version=1
            )
            kind = event.DESCRIPTOR.full_name
            envelope = Envelope(uuid7(), campaign.workspace_id, kind, event.SerializeToString(), now, "poison", "")
            (signature,) = campaign.attacked.event_signer("scheduling").sign([envelope])
            envelope = replace(envelope, signature=signature)
            # The last of its attempts: the pauses between them are another test's matter.
            await campaign.tap.publish(POISONED, rabbit_wire.message(envelope, DeliveryCount(attempt=5)))
            letters = []

            async def died():
                letters.extend(await campaign.tap.take_dead_letters(POISONED))
                return letters

            await until(died)
        finally:
            await db.execute("DROP TRIGGER quoting ON notifications.appointments")
            await db.execute("DROP FUNCTION notifications.quoting")
            await db.execute("REVOKE SET ON PARAMETER log_min_messages FROM notifications_app")
    return letters


def test_every_secret_there_is_was_told(campaign):
    told = {method.path for method in methods() if phi_fields(method)}
    assert len(told) >= 15
    for path in told:
        assert campaign.outcomes[path] is ALWAYS_REFUSED.get(path, OK), path
    over_http = {name: status for name, status in campaign.outcomes.items() if isinstance(status, int)}
    assert len(over_http) >= 10
    assert {name: status for name, status in over_http.items() if not 200 <= status < 300} == {}
    report(f"{len(campaign.canaries)} canaries by {len(told)} methods and {len(over_http)} operations, {len(campaign.answers)} refusals")
    assert len(campaign.canaries) > 50


def test_much_went_wrong_with_them(campaign):
    assert len(campaign.answers) > 800
    away = {name: status for name, status in campaign.outcomes.items() if name.endswith("while its table is away")}
    assert away
    assert {name: status for name, status in away.items() if status is not grpc.StatusCode.INTERNAL} == {}
    closed = [status for name, status in campaign.outcomes.items() if name.endswith("while its table is closed")]
    assert closed.count(grpc.StatusCode.INVALID_ARGUMENT) > len(closed) / 2


def test_whoever_runs_the_installation_sees_nothing_of_what_is_told_in_a_workspace(campaign):
    """Of a person who owns a workspace they know the address, and until an invitation is accepted the name; and what they blacklisted."""
    shown, refused = {}, set()
    with campaign.attacked.api_with_token(campaign.platform_token()) as platform:
        for operation in operations(platform.get("/openapi.json").json()):
            if operation.method == "GET" and not operation.is_public:
                reply = operation.send(platform, campaign.ids | {"workspace_id": str(campaign.workspace_id)})
                if reply.status_code == 403:
                    refused.add(str(operation))
                else:
                    shown[str(operation)] = reply.text
    listed = shown["GET /api/v1/platform-admin/workspaces"]
    assert campaign.person.email in listed
    known = {campaign.person.email, *(name for owner in owners(shown) for name in owner)}
    # As they are, and as JSON has them.
    written = known | {json.dumps(name, ensure_ascii=False)[1:-1] for name in known}
    names = re.compile("|".join(map(re.escape, sorted(written, key=len, reverse=True))))
    for operation, text in shown.items():
        assert not find_canaries(names.sub("", text)), operation
    assert len(refused) >= 20


def owners(shown):
    """The names and addresses of those who were invited to own a workspace, and of those who own one."""
    for owner in json.loads(shown["GET /api/v1/platform-admin/pending-invitations"])["invitations"]:
        yield owner["email"], owner["full_name"]
    for workspace in json.loads(shown["GET /api/v1/platform-admin/workspaces"])["workspaces"]:
        yield (workspace["owner_email"],)
    for entry in json.loads(shown["GET /api/v1/platform-admin/blacklist"])["blacklist"]:
        yield entry["email"], entry["reason"]


def test_no_answer_to_a_refused_request_repeats_one(campaign):
    assert [seen for answer in campaign.answers if (seen := find_canaries(answer))] == []


def test_no_address_that_is_handed_out_holds_one(campaign):
    assert len(campaign.urls) == 2
    assert [seen for url in campaign.urls if (seen := find_canaries(url))] == []


async def test_no_table_holds_one_in_the_clear(campaign):
    async with campaign.attacked.superuser() as db:
        found, columns = await leak_search.search_tables(db)
    assert columns > 200
    assert found == {}


async def test_no_event_tells_one(campaign):
    found, count = await campaign.tap.search_events()
    assert count > 50
    assert found == {}


def test_no_dead_letter_tells_one(campaign):
    assert [letter.headers["x-error"] for letter in campaign.letters] == ["RaiseError"]
    assert [seen for letter in campaign.letters if (seen := leak_search.search_message(letter))] == []


async def test_nothing_else_that_was_told_of_them_died(campaign):
    queues = leak_search.queues(campaign.attacked)
    assert POISONED in queues
    letters = [letter for queue in queues for letter in await campaign.tap.take_dead_letters(queue)]
    assert [letter.headers for letter in letters if letter.headers.get("workspace-id") == str(campaign.workspace_id)] == []


def test_no_metric_counts_by_one(campaign):
    found, pages = leak_search.search_metrics(campaign.attacked.installation)
    assert pages == 7
    assert found == {}


def test_the_trail_tells_none(campaign):
    found, lines = leak_search.search_trail(campaign.api)
    assert lines > 100
    assert found == {}


def test_no_file_of_the_installation_holds_one_not_even_in_its_name(campaign):
    """Logs of every process, the console, database pages and journals, queues on disk, stored files."""
    home = campaign.attacked.installation.home
    for name in ("gateway", "identity", "clients", "scheduling", "clinical", "notifications", "audit", "mail"):
        assert (home / "logs" / f"{name}.log").exists(), name
    assert list(home.glob("postgres/data/pg_wal/0*")), "the journal is where it is looked for"
    assert list((home / "files").rglob("*-*")), "and so are the files"
    assert leak_search.search_files(home) == {}
    assert find_canaries(campaign.attacked.installation.output.read_bytes()) == []


async def test_the_search_would_find_one_in_each_of_these_places(campaign):
    installation, words = campaign.attacked.installation, canary()
    log = installation.home / "logs" / "clients.log"
    with log.open("a") as file:
        file.write(json.dumps({"level": "error", "message": f"cannot keep {words.upper()}"}) + "\n")
    stored = installation.home / "files" / f"{words}.jpg"
    stored.write_bytes(b"")
    room = campaign.api.post("/locations", json={"name": words, "location_type": "clinic"}).raise_for_status().json()
    await campaign.tap.publish(rabbit_wire.dead_queue(POISONED), Message(words.encode(), headers={"x-error": words}))
    try:
        found = leak_search.search_files(installation.home)
        assert "logs/clients.log" in found
        assert f"the name files/{words}.jpg" in found
        assert any(name.startswith("postgres/data/pg_wal/") for name in found)
        async with campaign.attacked.superuser() as db:
            assert set((await leak_search.search_tables(db))[0]) == {"scheduling.locations.name"}
        (letter,) = await campaign.tap.take_dead_letters(POISONED)
        assert leak_search.search_message(letter)
        assert any(name.startswith("rabbitmq/") for name in leak_search.search_files(installation.home))
    finally:
        stored.unlink()
        campaign.api.delete(f"/locations/{room['id']}")


@pytest.mark.parametrize("kind", ["text", "email", "phone", "date"])
def test_the_search_finds_a_canary_however_it_is_written(kind):
    words = canary(kind)
    for text in (words, words.upper(), words.encode().hex(), f"%{words}", json.dumps({"name": [words]})):
        assert find_canaries(text)
    for padding in ("", "a", "ab"):
        assert find_canaries((padding + words).encode("utf-16-le"))
    assert not find_canaries("a client with a name, born in 1971, +49 30 1234567, somebody@example.com")
