"""A sealed value that was moved, changed or put back from above is never token, whoever's it is: reading it fails loudly.

Every sealed column of every table, from the tables themselves; every way to have it opened; by the superuser, in a running suite.
"""

import asyncio
import json
import random
import time
from contextlib import AsyncExitStack
from itertools import count

import pytest
from attack.encrypted_values import NEVER_RETURNED, EncryptedValues, encrypted_columns
from attack.installation import AttackedInstallation

_numbers = count(1)
COLUMNS = sorted(
    encrypted_columns() - NEVER_RETURNED.keys() - {column for column in encrypted_columns() if column.endswith("data_keys.wrapped")}
)


@pytest.fixture
async def factories(suite):
    """Two workspaces of one suite, others for each test: their owners have a hundred writes a minute."""
    attacked = AttackedInstallation(suite)
    async with AsyncExitStack() as stack:
        people = [await attacked.open_practice(full_name=name) for name in ("Olga Orlov", "Peter Pan")]
        yield [EncryptedValues(attacked, person, stack.enter_context(attacked.api_as(person))) for person in people]


def test_the_tables_have_the_sealed_columns_this_knows_of():
    assert encrypted_columns() >= NEVER_RETURNED.keys()
    assert len(COLUMNS) >= 13


@pytest.mark.parametrize("column", COLUMNS)
async def test_a_sealed_value_in_the_wrong_place_is_never_shown(factories, column):
    mine, theirs = factories
    attacked = mine.attacked
    encrypted, brother, foreigner = await mine.create(column), await mine.create(column), await theirs.create(column)
    others = [await mine.create(other) for other in COLUMNS if other.rpartition(".")[2] == encrypted.name and other != column][:2]
    words = [word for each in (encrypted, brother, foreigner, *others) for word in each.words]
    loud = {}
    log = attacked.logs / f"{encrypted.service}.log"
    logged_before = log.stat().st_size

    async with attacked.superuser() as db:
        value = await encrypted.get(db)
        assert not any(word.encode() in value for word in encrypted.words)
        for reply in asked(encrypted):
            assert reply.status_code in {200, 201, 412}, reply.text
        wrong = {f"a bit of byte {place}": flipped(value, place) for place in places(value)}
        wrong |= {"cut short": value[:-1], "longer": value + b"\0", "empty": b"", "a header alone": value[:17]}
        wrong |= {"another workspace's": await foreigner.get(db)}
        if brother.where != encrypted.where:  # a workspace has one row of some tables
            wrong |= {"another row's": await brother.get(db)}
        wrong |= {f"that of {other.column}": await other.get(db) for other in others}
        if encrypted.change is not None:
            older, changed = value, encrypted.change()
            assert changed.status_code == 200, changed.text
            value = await encrypted.get(db)
            assert value != older
            wrong["an older one"] = older

        try:
            for what, bytes_ in wrong.items():
                await encrypted.put(db, bytes_)
                for place in range(len(encrypted.reads)):
                    request_id = f"sealed-{next(_numbers)}"
                    (reply,) = asked(encrypted, request_id, only=place)
                    loud[request_id] = f"{what}, read {place}"
                    assert reply.status_code == 500, f"{what}, read {place}: {reply.status_code} {reply.text[:300]}"
                    assert reply.json()["code"] == "internal_error"
                    assert "set-cookie" not in reply.headers
                    assert not any(word in reply.text for word in words), f"{what}: {reply.text}"
        finally:
            await encrypted.put(db, value)

    for reply in asked(encrypted):
        assert reply.status_code in {200, 201, 412}, reply.text
    assert len(wrong) >= 12
    said = errors(log, logged_before)
    assert {request_id: what for request_id, what in loud.items() if "SealBroken" not in said.get(request_id, "")} == {}


KEYED = ("identity", "clients", "scheduling", "clinical", "notifications")


async def test_a_wrapped_key_in_the_wrong_place_opens_nothing(factories):
    mine, theirs = factories
    attacked, installation = mine.attacked, mine.attacked.installation
    values_by_service = {service: await mine.create(f"{service}.idempotency.sealed") for service in KEYED}
    for service in ("clients", "notifications"):
        await theirs.create(f"{service}.idempotency.sealed")

    async with attacked.superuser() as db:

        async def keys(factory, service):
            query = f"SELECT purpose, wrapped FROM {service}.data_keys WHERE workspace_id = $1"
            return dict(await db.fetch(query, factory.person.workspace_id))

        kept = {service: await keys(mine, service) for service in KEYED}
        assert all(own.keys() == {"index", "seal"} for own in kept.values())
        another_workspaces = {service: await keys(theirs, service) for service in ("clients", "notifications")}
        changed = {
            service: {name: flipped(key, len(key) // 2) for name, key in kept[service].items()} for service in ("identity", "clinical")
        }
        exchanged = {"scheduling": {"index": kept["scheduling"]["seal"], "seal": kept["scheduling"]["index"]}}
        for service, wrong in (another_workspaces | changed | exchanged).items():
            await rewrap(db, service, mine.person.workspace_id, wrong)
        try:
            await restart(installation, KEYED)
            for encrypted in values_by_service.values():
                reply = await asked_when_sign_ins_are_known(encrypted, f"wrapped-{encrypted.service}-{next(_numbers)}")
                assert reply.status_code == 500, f"{encrypted.service}: {reply.status_code} {reply.text[:300]}"
                assert not any(word in reply.text for word in encrypted.words)
        finally:
            for service, own in kept.items():
                await rewrap(db, service, mine.person.workspace_id, own)
    await restart(installation, KEYED)
    for encrypted in values_by_service.values():
        reply = await asked_when_sign_ins_are_known(encrypted)
        assert reply.is_success, f"{encrypted.service}: {reply.text}"


async def rewrap(db, service, workspace_id, keys):
    async with db.transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        for purpose, key in keys.items():
            update = f"UPDATE {service}.data_keys SET wrapped = $1 WHERE workspace_id = $2 AND purpose = $3"
            assert await db.execute(update, key, workspace_id, purpose) == "UPDATE 1"


async def restart(installation, services):
    """What a process has read of keys, it keeps for a minute."""
    killed = {service: installation.kill_process(service) for service in services}
    give_up = time.monotonic() + 60
    while any(installation.running["processes"][service] in {0, pid} for service, pid in killed.items()) or not installation.ready():
        assert time.monotonic() < give_up
        await asyncio.sleep(0.1)


def asked(encrypted, request_id="", only=None):
    headers = {"X-Request-ID": request_id} if request_id else {}
    return [read(headers) for place, read in enumerate(encrypted.reads) if only in (None, place)]


async def asked_when_sign_ins_are_known(encrypted, request_id=""):
    """The reply; while identity is only just back, nobody can tell who is signed in."""
    give_up = time.monotonic() + 60
    while True:
        (reply,) = asked(encrypted, request_id)
        if reply.status_code != 503 or reply.json()["code"] != "sign_in_unavailable" or time.monotonic() > give_up:
            return reply
        await asyncio.sleep(0.2)


def places(value):
    """Bytes of the version, the key's number, the nonce, the text and the tag."""
    return sorted({0, 1, 4, 5, 16, 17, random.Random(len(value)).randrange(len(value)), len(value) - 16, len(value) - 1})


def flipped(value, place):
    changed = bytearray(value)
    changed[place] ^= 1 << (place % 8)
    return bytes(changed)


def errors(log, after):
    """What was logged as an error after so many bytes, by request. Much has gone wrong in the suite before."""
    found = {}
    for line in log.read_bytes()[after:].decode().splitlines():
        if '"level":"error"' in line and "request_id" in (entry := json.loads(line)):
            found[entry["request_id"]] = line
    return found
