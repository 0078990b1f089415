"""Every workspace has keys of its own in every service, made once, kept wrapped, and gone when they are destroyed."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from chassis.db.database import Database
from chassis.encryption import key_store
from chassis.encryption.data_keys import DataKeys
from chassis.encryption.key_store import Keys, destroy_keys
from chassis.encryption.keyring import Keyring, SealBroken
from chassis.errors import NotFound, Unavailable

PLACE: dict[str, Any] = {"table": "parcels", "row": UUID(int=7), "revision": 1}
RING = Keyring.generate()


def keys_of(parcels, ring: Keyring = RING) -> Keys:
    """A process's own view of the keys."""
    return Keys(parcels.database, ring, service="parcels")


async def wrapped(parcels) -> list[Any]:
    return await parcels.look("SELECT * FROM parcels.data_keys WHERE workspace_id = $1 ORDER BY purpose, version", parcels.workspace)


async def test_keys_are_made_when_first_asked_for_and_are_the_same_ever_after(parcels):
    sealed = (await keys_of(parcels).of(parcels.workspace)).seal_bytes(b"note", **PLACE)

    assert (await keys_of(parcels).of(parcels.workspace)).open_bytes(sealed, **PLACE) == b"note"
    assert [(row["purpose"], row["version"], row["state"]) for row in await wrapped(parcels)] == [
        ("index", 1, "active"),
        ("seal", 1, "active"),
    ]


async def test_processes_that_ask_for_the_first_time_together_get_the_same_keys(parcels):
    asked = await asyncio.gather(*(keys_of(parcels).of(parcels.workspace) for _ in range(8)))

    sealed = asked[0].seal_bytes(b"note", **PLACE)
    assert {keys.open_bytes(sealed, **PLACE) for keys in asked} == {b"note"}
    assert len({keys.exact("email", "a@example.com") for keys in asked}) == 1
    assert len(await wrapped(parcels)) == 2


async def test_callers_that_ask_together_share_one_reading(parcels, monkeypatch):
    keys, readings, read = keys_of(parcels), [], Keys._load

    async def counted(self: Keys, workspace_id: UUID) -> Any:
        readings.append(workspace_id)
        return await read(self, workspace_id)

    monkeypatch.setattr(Keys, "_load", counted)
    first, second = await asyncio.gather(keys.of(parcels.workspace), keys.of(parcels.workspace))
    assert await keys.of(parcels.workspace) is first is second
    assert readings == [parcels.workspace]


async def test_a_caller_who_gives_up_does_not_take_the_keys_from_the_others(parcels):
    keys = keys_of(parcels)
    impatient, patient = asyncio.create_task(keys.of(parcels.workspace)), asyncio.create_task(keys.of(parcels.workspace))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).workspace_id == parcels.workspace
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_two_workspaces_cannot_read_each_other(parcels):
    keys, other = keys_of(parcels), uuid7()
    sealed = (await keys.of(parcels.workspace)).seal_bytes(b"note", **PLACE)
    with pytest.raises(SealBroken):
        (await keys.of(other)).open_bytes(sealed, **PLACE)
    assert (await keys.of(parcels.workspace)).exact("name", "Ada") != (await keys.of(other)).exact("name", "Ada")


async def test_the_database_holds_no_key_that_opens_without_the_keyring(parcels):
    await keys_of(parcels).of(parcels.workspace)
    with pytest.raises(SealBroken):
        await keys_of(parcels, Keyring.generate()).of(parcels.workspace)


async def test_a_wrapped_key_moved_to_another_workspace_does_not_unwrap(parcels):
    other = uuid7()
    await keys_of(parcels).of(parcels.workspace)
    await parcels.look(
        "INSERT INTO parcels.data_keys SELECT $2, purpose, version, wrapped, state, created_at FROM parcels.data_keys WHERE workspace_id = $1",
        parcels.workspace,
        other,
    )
    with pytest.raises(SealBroken):
        await keys_of(parcels).of(other)


async def destroy(parcels) -> None:
    database = Database(parcels.eraser_dsn, schema="parcels")
    try:
        async with database.transaction(parcels.workspace, seconds=5.0) as tx:
            await destroy_keys(tx, "parcels")
    finally:
        await database.close()


async def test_destroyed_keys_take_all_that_was_sealed_with_them_and_none_are_made_again(parcels):
    await keys_of(parcels).of(parcels.workspace)
    await destroy(parcels)

    for _ in range(2):
        with pytest.raises(NotFound):
            await keys_of(parcels).of(parcels.workspace)
    assert [(row["purpose"], row["state"], row["wrapped"]) for row in await wrapped(parcels)] == [
        ("index", "destroyed", b""),
        ("seal", "destroyed", b""),
    ]


async def test_a_workspace_that_had_no_keys_yet_gets_none_after_its_erasure(parcels):
    await destroy(parcels)

    with pytest.raises(NotFound):
        await keys_of(parcels).of(parcels.workspace)


@pytest.mark.parametrize("outlive", [False, True])
async def test_an_erased_workspace_gets_no_key_even_where_nothing_is_left_of_the_former_ones(parcels, outlive):
    erased = "INSERT INTO parcels.erased_workspaces (workspace_id, erased_at, advanced_at) VALUES ($1, now(), now())"
    await parcels.look(erased, parcels.workspace)
    keys = Keys(parcels.database, RING, service="parcels", outlive_workspaces=outlive)

    if outlive:
        assert (await keys.of(parcels.workspace)).workspace_id == parcels.workspace
    else:
        with pytest.raises(NotFound):
            await keys.of(parcels.workspace)
    assert bool(await wrapped(parcels)) == outlive


async def test_keys_that_are_being_made_meanwhile_are_destroyed_as_well(parcels):
    asked = asyncio.gather(*(keys_of(parcels).of(parcels.workspace) for _ in range(4)), return_exceptions=True)
    await destroy(parcels)
    await asked

    assert {row["state"] for row in await wrapped(parcels)} == {"destroyed"}
    with pytest.raises(NotFound):
        await keys_of(parcels).of(parcels.workspace)


async def test_another_process_lets_go_of_destroyed_keys_by_itself(parcels, monkeypatch):
    monkeypatch.setattr(key_store, "_SECONDS_KEPT", 0.0)
    elsewhere = keys_of(parcels)
    await elsewhere.of(parcels.workspace)
    await destroy(parcels)
    with pytest.raises(NotFound):
        await elsewhere.of(parcels.workspace)


async def test_values_sealed_before_a_rotation_still_open_and_new_ones_use_the_new_key(parcels):
    old = await keys_of(parcels).of(parcels.workspace)
    sealed = old.seal_bytes(b"note", **PLACE)
    await parcels.look("UPDATE parcels.data_keys SET state = 'reading' WHERE workspace_id = $1 AND purpose = 'seal'", parcels.workspace)

    rotated = await keys_of(parcels).of(parcels.workspace)
    assert rotated.open_bytes(sealed, **PLACE) == b"note"
    assert int.from_bytes(rotated.seal_bytes(b"note", **PLACE)[1:5], "big") == 2
    assert rotated.exact("email", "a") == old.exact("email", "a")


async def test_a_retired_key_opens_nothing(parcels):
    sealed = (await keys_of(parcels).of(parcels.workspace)).seal_bytes(b"note", **PLACE)
    await parcels.look("UPDATE parcels.data_keys SET state = 'retired' WHERE workspace_id = $1 AND purpose = 'seal'", parcels.workspace)
    with pytest.raises(SealBroken):
        (await keys_of(parcels).of(parcels.workspace)).open_bytes(sealed, **PLACE)


async def test_a_database_that_is_away_is_asked_again_the_next_time(parcels):
    keys = Keys(Database("postgresql://nobody@127.0.0.1:9/nowhere", schema="parcels"), RING, service="parcels")
    with pytest.raises(Unavailable):
        await keys.of(parcels.workspace)
    keys._database = parcels.database
    assert (await keys.of(parcels.workspace)).workspace_id == parcels.workspace


async def test_a_key_for_indexes_takes_the_place_of_another_and_digests_stay(parcels):
    """As the operator's commands write it: version 0 has the first key, and the former one is read for as long as rows are found by it."""
    before = await keys_of(parcels).of(parcels.workspace)
    wrapping = DataKeys(RING, "parcels")
    rows = {(row["purpose"], row["version"]): row for row in await wrapped(parcels)}
    first = wrapping.unwrap(rows["index", 1])
    change = "UPDATE parcels.data_keys SET state = $3 WHERE workspace_id = $1 AND purpose = 'index' AND version = $2"
    add = "INSERT INTO parcels.data_keys (workspace_id, purpose, version, wrapped, state) VALUES ($1, 'index', $2, $3, 'reading')"
    await parcels.look(add, parcels.workspace, 0, wrapping.wrap(first.key, parcels.workspace, "index", 0))
    await parcels.look(add, parcels.workspace, 2, wrapping.generate(parcels.workspace, "index", 2))

    added = await keys_of(parcels).of(parcels.workspace)
    assert (added.index_version, list(added.indexes)) == (1, [1, 2])
    await parcels.look(change, parcels.workspace, 1, "reading")
    await parcels.look(change, parcels.workspace, 2, "active")
    promoted = await keys_of(parcels).of(parcels.workspace)
    assert (promoted.index_version, list(promoted.indexes)) == (2, [2, 1])
    token = before.exact("email", "a@example.com")
    assert promoted.exact("email", "a@example.com") == added.every_exact("email", "a@example.com")[1] != token
    assert promoted.every_exact("email", "a@example.com") == [promoted.exact("email", "a@example.com"), token]
    await parcels.look(change, parcels.workspace, 1, "retired")
    retired = await keys_of(parcels).of(parcels.workspace)
    assert retired.every_exact("email", "a@example.com") == [promoted.exact("email", "a@example.com")]
    for keys in (added, promoted, retired):
        assert keys.mac(b"proof", b"text") == before.mac(b"proof", b"text")
        assert keys.proofs.exact("request", "text") == before.exact("request", "text")
