"""The key that addresses are known by is changed while mail goes out and comes back: what is known of an address stays known."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.notifications.v1 import reminders_pb2 as pb
from chassis.encryption import key_store
from chassis.encryption.data_keys import INDEX
from clients.clients import addresses
from notifications.return_paths.workflow import index_of, is_held, issue, record_failure
from standalone.records import indexing, key_versions
from standalone.records.keys_command import Asked, take_step

from . import bounce_reports as reports
from .test_bounces import SOON, port, remind, tell, the_reminder

__all__ = ["port"]
TOKENS = (
    "SELECT address_index FROM notifications.address_troubles WHERE workspace_id = $1"
    " UNION ALL SELECT address_index FROM notifications.return_paths WHERE workspace_id = $1"
)
KNOWN = "SELECT failures, held_at, index_version FROM notifications.address_troubles WHERE workspace_id = $1"


@pytest.fixture
async def rotation(practice, monkeypatch):
    """The operator's steps with the practice's keys for indexes, as `step(name)`, and the connection that they are taken on."""
    monkeypatch.setattr(key_store, "_SECONDS_KEPT", 0.05)
    monkeypatch.setattr(key_store, "UNTIL_EVERYWHERE", key_store.timedelta(0))
    for runtime in practice.environment.runtimes.values():
        runtime.keys.forget(practice.workspace_id)
    async with practice.environment.superuser() as connection:

        async def step(name):
            await take_step(connection, practice.environment.runtimes, [practice.workspace_id], name, Asked(INDEX))
            # Until no process goes by older keys.
            await asyncio.sleep(0.1)

        yield step, connection


async def hold(practice, address, reason="dead_address"):
    runtime = practice.environment.runtime("notifications")
    known = index_of(await runtime.keys.of(practice.workspace_id), address)
    async with runtime.background(practice.workspace_id) as work:
        await record_failure(work, known, reason, kind="reminder", item_id=uuid7())


@asynccontextmanager
async def always_held(practice, address):
    """Somebody who looks all the time whether the address is mailed."""
    runtime, looked, is_over = practice.environment.runtime("notifications"), 0, asyncio.Event()

    async def look():
        nonlocal looked
        while not is_over.is_set():
            known = index_of(await runtime.keys.of(practice.workspace_id), address)
            async with runtime.background(practice.workspace_id) as work:
                assert await is_held(work, known)
            looked += 1
            await asyncio.sleep(0.005)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        is_over.set()
        await looking
    assert looked > 20


async def test_what_is_known_of_addresses_stays_known_and_reports_find_their_mail(practice, mail_server, port, rotation):
    step, connection = rotation
    dead, moved = await practice.client(), await practice.client()
    await hold(practice, dead.email)
    await hold(practice, moved.email)
    client, booked, return_path = await remind(practice, mail_server)
    change = clients_pb2.UpdateClientRequest(client_id=moved.id, mask=FieldMask(paths=["email"]), email=f"new-{moved.email}")
    await practice.environment.stub(ClientsStub).UpdateClient(change, practice.call)
    before = {row[0] for row in await connection.fetch(TOKENS, practice.workspace_id)}

    async def nothing_is_mailed_there():
        held = await practice.finished_reminder(await practice.book(dead, SOON))
        assert (held.status, held.last_error, mail_server.attempts[dead.email]) == (pb.REMINDER_STATUS_SKIPPED, "address_held", 0)

    async with always_held(practice, dead.email):
        for name in ("add", "promote"):
            await step(name)
            await nothing_is_mailed_there()
        # A mail of each key, and a report about the one of before.
        await remind(practice, mail_server)
        await tell(port, return_path, reports.POSTFIX)
        assert (await the_reminder(practice, booked)).last_error == "bounced_dead_address"
        for name in ("reencrypt", "retire", "destroy"):
            await step(name)
            await nothing_is_mailed_there()

    held = await practice.finished_reminder(await practice.book(client, SOON))
    assert (held.status, held.last_error) == (pb.REMINDER_STATUS_SKIPPED, "address_held")
    assert before.isdisjoint({row[0] for row in await connection.fetch(TOKENS, practice.workspace_id)})
    # Nobody has the address that was given up.
    assert [row["index_version"] for row in await connection.fetch(KNOWN, practice.workspace_id)] == [2, 2]


async def test_an_address_that_was_written_of_with_both_keys_becomes_one_again(practice, rotation):
    step, connection = rotation
    runtime, client = practice.environment.runtime("notifications"), await practice.client()
    await hold(practice, client.email, "mailbox_full")
    keys_before = await runtime.keys.of(practice.workspace_id)
    for name in ("add", "promote"):
        await step(name)
    # A process that had read the keys before the new one was added does not find what the others have written, and the other way round.
    only_today = dict([next(iter(index_of(await runtime.keys.of(practice.workspace_id), client.email).items()))])
    assert keys_before.indexes.keys() == {1}
    assert only_today.keys() == {2}
    async with runtime.background(practice.workspace_id) as work:
        assert await record_failure(work, only_today, "dead_address", kind="reminder", item_id=uuid7())
    assert len(await connection.fetch(KNOWN, practice.workspace_id)) == 2
    await step("reencrypt")
    ((failures, held_at, version),) = await connection.fetch(KNOWN, practice.workspace_id)
    assert (failures, held_at is not None, version) == (2, True, 2)


async def test_a_change_that_was_broken_off_goes_on_where_it_was(practice, rotation, monkeypatch):
    step, connection = rotation
    runtime, found = practice.environment.runtime("notifications"), [await practice.client() for _ in range(6)]
    for client in found:
        await hold(practice, client.email)
    keys = await runtime.keys.of(practice.workspace_id)
    async with runtime.background(practice.workspace_id) as work:
        await issue(work, "mail", uuid7(), index_of(keys, found[0].email), domain="bounces.example.com")
    for name in ("add", "promote"):
        await step(name)
    monkeypatch.setattr(addresses, "_AT_ONCE", 1)

    async def versions():
        return [row["index_version"] for row in await connection.fetch(f"{KNOWN} ORDER BY index_version", practice.workspace_id)]

    now = await key_versions.operators_keys(connection, runtime, practice.workspace_id)
    holders = [practice.environment.runtime("clients")]

    def break_off(number):
        if number:
            breaking.cancel()

    breaking = asyncio.create_task(indexing.index_addresses(connection, runtime, practice.workspace_id, now, holders, advance=break_off))
    with suppress(asyncio.CancelledError):
        await breaking
    assert breaking.cancelled()
    assert await versions() == [1] * 5 + [2]
    with pytest.raises(SystemExit):
        await step("retire")
    await step("reencrypt")
    assert await versions() == [2] * 6
    await step("retire")


async def test_nothing_is_given_out_while_a_process_may_still_write_with_the_former_key(practice, rotation, monkeypatch, capsys):
    """It would pass for something that nobody has any more."""
    step, connection = rotation
    client = await practice.client()
    await hold(practice, client.email)
    for name in ("add", "promote"):
        await step(name)
    monkeypatch.setattr(key_store, "UNTIL_EVERYWHERE", key_store.timedelta(minutes=12))
    capsys.readouterr()
    with pytest.raises(SystemExit):
        await step("reencrypt")
    assert "notifications: REFUSED: some processes may still write with the key before 2" in capsys.readouterr().out
    assert [row["index_version"] for row in await connection.fetch(KNOWN, practice.workspace_id)] == [1]
