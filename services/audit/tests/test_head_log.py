"""The log of heads only grows: what contradicts what was signed is not signed, and nothing is signed twice under one name."""

import asyncio
import json
from dataclasses import replace

import pytest

from audit.__main__ import head_log
from audit.tree_heads.log import _FORKS, tree_head_key
from audit.tree_heads.trees import DamagedTree
from caseload.audit.v1 import tree_heads_pb2 as pb
from caseload.audit.v1.trail_rpc import TrailStub
from caseload.audit.v1.tree_heads_rpc import TreeHeadsStub
from chassis.errors import Unavailable


@pytest.fixture
def practice(still, practice):
    caller = still.caller(workspace_id=practice.workspace_id)
    return replace(practice, environment=still, trail=still.stub(TrailStub), auditor=caller)


@pytest.fixture
def log(still):
    return head_log(still.runtime("audit"))


async def newest(practice):
    async with practice.environment.superuser() as connection:
        return await connection.fetchrow("SELECT * FROM audit.tree_heads ORDER BY number DESC LIMIT 1")


async def everything_signed(log):
    while await log.sign_grown():
        pass


async def told(practice):
    page = await practice.environment.stub(TreeHeadsStub).ListCheckpoints(
        pb.ListCheckpointsRequest(page=1, page_size=100), practice.auditor
    )
    return [each.tree_size for each in page.items]


async def heads_of(practice):
    async with practice.environment.superuser() as connection:
        return await connection.fetch("SELECT * FROM audit.heads WHERE workspace_id = $1 ORDER BY leaf_index", practice.workspace_id)


async def test_a_tree_head_is_in_the_file_store_with_the_leaves_it_adds(practice, log):
    await everything_signed(log)
    await practice.chain(2)
    before = await newest(practice)
    await everything_signed(log)

    head = await newest(practice)
    kept = json.loads(await practice.environment.runtime("audit").blobs.get(tree_head_key(head["origin"], head["tree_size"])))
    assert (kept["tree_size"], kept["root_hash"], kept["key_id"]) == (head["tree_size"], head["root_hash"].hex(), head["key_id"])
    assert len(kept["leaves"]) == head["tree_size"] - (before["tree_size"] if before else 0)
    assert [(row["sequence"], row["leaf_index"]) for row in await heads_of(practice)] == [(2, head["tree_size"] - 1)]
    assert not await log.sign_grown(), "nothing has grown"


async def test_two_that_sign_at_the_same_time_make_one_log(practice, log):
    other = head_log(practice.environment.runtime("audit"))
    for _ in range(4):
        await practice.chain(1)
        await asyncio.gather(everything_signed(log), everything_signed(other))
    assert [row["sequence"] for row in await heads_of(practice)] == [1, 2, 3, 4]
    async with practice.environment.superuser() as connection:
        leaves = [row["index"] for row in await connection.fetch("SELECT index FROM audit.log_nodes WHERE level = 0 ORDER BY index")]
    assert leaves == list(range(len(leaves)))


async def test_nobody_is_told_of_a_tree_head_that_is_not_stored_yet(practice, log, monkeypatch):
    await everything_signed(log)
    before = await told(practice)

    async def fails(*_):
        raise Unavailable("blob_store_unavailable")

    monkeypatch.setattr(log._blobs, "put_once", fails, raising=True)
    await practice.chain(1)
    with pytest.raises(Unavailable):
        await everything_signed(log)
    assert await told(practice) == before
    monkeypatch.undo()
    await log.store_signed()
    assert len(await told(practice)) == len(before) + 1


async def test_a_chain_that_is_not_what_was_signed_of_it_is_not_signed_again(practice, log, caplog):
    await practice.chain(3)
    await everything_signed(log)
    async with practice.tampering() as superuser:
        await superuser.execute("UPDATE audit.seals SET hash = sha256('x') WHERE workspace_id = $1 AND sequence = 2", practice.workspace_id)
    await practice.chain(1)
    before = _FORKS._value.get()
    await everything_signed(log)
    assert len(await heads_of(practice)) == 1
    # It is looked at again whenever heads are signed.
    assert _FORKS._value.get() > before
    assert "a chain is not logged" in caplog.text
    async with practice.tampering() as superuser:
        await superuser.execute("DELETE FROM audit.unlogged_heads WHERE workspace_id = $1", practice.workspace_id)


async def test_a_log_that_was_changed_is_not_signed_again(practice, log):
    await practice.chain(1)
    await everything_signed(log)
    place = (await heads_of(practice))[0]["leaf_index"]
    flip = "UPDATE audit.log_nodes SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE level = 0 AND index = $1"
    await practice.chain(1)
    async with practice.tampering() as superuser:
        await superuser.execute(flip, place)
    with pytest.raises(DamagedTree):
        await log.sign_grown()
    async with practice.tampering() as superuser:
        await superuser.execute(flip, place)
    await everything_signed(log)
    assert len(await heads_of(practice)) == 2


async def test_after_a_restoration_the_log_goes_on_under_another_name(practice, log, caplog):
    """Of what was signed last the database knows nothing any more; the file store does."""
    await practice.chain(1)
    await everything_signed(log)
    async with practice.tampering() as superuser:
        former = await superuser.fetchrow(
            "DELETE FROM audit.tree_heads WHERE number = (SELECT max(number) FROM audit.tree_heads) RETURNING *"
        )
        await superuser.execute("DELETE FROM audit.heads WHERE workspace_id = $1", practice.workspace_id)
        size = await superuser.fetchval("SELECT coalesce(max(tree_size), 0) FROM audit.tree_heads")
        await superuser.execute("DELETE FROM audit.log_nodes WHERE index >= $1::bigint >> level::integer", size)
    await practice.chain(1)
    await everything_signed(log)

    head = await newest(practice)
    assert head["tree_size"] == former["tree_size"]
    assert head["origin"] != former["origin"]
    assert head["stored_at"] is not None
    assert "goes on under a new name" in caplog.text
    blobs = practice.environment.runtime("audit").blobs
    kept = json.loads(await blobs.get(tree_head_key(former["origin"], former["tree_size"])))
    assert kept["root_hash"] == former["root_hash"].hex()
