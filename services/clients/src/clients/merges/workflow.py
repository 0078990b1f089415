"""Merges two clients, has their history moved as a job, and undoes both."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from caseload.clients.v1 import clients_pb2
from caseload.moves.v1 import moves_pb2
from caseload.options.v1 import options_pb2
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs.running import JobKind, RunningJob
from chassis.protobuf.fields import given
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping
from clients.clients import store as clients
from clients.clients.workflow import write_change
from clients.merges import rules, store
from clients.merges.elsewhere import SERVICES, MovesElsewhere

KIND = "merge_clients"
UNDO_KIND = "undo_merge"


@dataclass(frozen=True, slots=True)
class Pair:
    """The rows of two clients, locked, and what they say."""

    survivor_row: Record
    merged_row: Record
    survivor: clients_pb2.Client
    merged: clients_pb2.Client


async def lock_pair(work: UnitOfWork, keys: WorkspaceKeys, survivor_id: UUID, merged_id: UUID) -> Pair:
    """Raises NotFound unless both are clients of the workspace."""
    rows = {row["id"]: row for row in await work.db.all(store.lock_clients, ids=[survivor_id, merged_id])}
    if len(rows) < 2:
        raise nothing_here()
    survivor, merged = rows[survivor_id], rows[merged_id]
    return Pair(survivor, merged, mapping.to_message(survivor, keys), mapping.to_message(merged, keys))


async def merge(work: UnitOfWork, keys: WorkspaceKeys, pair: Pair, merge_id: UUID) -> list[str]:
    """Makes the one a tombstone that points to the other, which takes over what it lacks: the names of these fields."""
    taken = rules.taken_over(given(pair.survivor), given(pair.merged))
    await _write(
        work,
        keys,
        pair.merged,
        "merge_into_client",
        merge_id,
        merged_into=pair.survivor_row["id"],
        holds_external_id="external_id" not in taken,
    )
    if taken:
        mapping.set_fields(pair.survivor, taken)
        await _write(work, keys, pair.survivor, "take_over_from_duplicate", merge_id)
    return list(taken)


async def part(work: UnitOfWork, keys: WorkspaceKeys, pair: Pair, merged: Record) -> list[str]:
    """Makes two of them again. Returns the fields that were changed since, which stay as they are."""
    left, changed = rules.given_back(given(pair.survivor), given(pair.merged), merged["taken_over"])
    if left:
        mapping.set_fields(pair.survivor, left)
        await _write(work, keys, pair.survivor, "give_back_to_duplicate", merged["id"])
    tokens = mapping.external_id_tokens(pair.merged.external_id, keys) if pair.merged.HasField("external_id") else []
    if tokens and await work.db.maybe(clients.holders_of_external_ids, external_ids=tokens, ids=[pair.merged_row["id"]]) is not None:
        # Somebody has it by now.
        mapping.set_fields(pair.merged, {"external_id": None})
        changed = list(dict.fromkeys([*changed, "external_id"]))
    await _write(work, keys, pair.merged, "part_from_client", merged["id"])
    return changed


async def _write(work: UnitOfWork, keys: WorkspaceKeys, client: clients_pb2.Client, event_type: str, merge_id: UUID, **marks: Any) -> None:
    client.version += 1
    client.updated_at.CopyFrom(to_timestamp(work.now))
    await write_change(client, keys, work, **marks)
    record_effect(work, event_type, options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_UPDATE, [client.id], merge=merge_id)


async def move_history(job: RunningJob, elsewhere: MovesElsewhere) -> Mapping[str, Any]:
    """Has every service move its rows, batch by batch; each step goes on where the last one that was kept has ended."""
    await _go_through(job, elsewhere, back=False)
    async with job.step() as work:
        await work.db.run(store.moved, id=job.parameters["merge"], now=work.now)
    return {"merge_id": job.parameters["merge"], "moved": job.done}


async def move_back(job: RunningJob, elsewhere: MovesElsewhere) -> Mapping[str, Any]:
    """Moves every row back that the merge has moved, then makes two clients again. What was changed since is named."""
    await _go_through(job, elsewhere, back=True)
    async with job.step() as work:
        merged = await work.db.one(store.get, id=job.parameters["merge"])
        if merged["undone_at"] is None:
            pair = await lock_pair(work, job.keys, merged["survivor_id"], merged["merged_id"])
            job.state["fields"] = await part(work, job.keys, pair, merged)
            await work.db.run(store.undone, id=merged["id"], now=work.now)
    told = {name: job.state.get(name, []) for name in ("changed", "kept", "fields")}
    return {"merge_id": job.parameters["merge"], "moved": job.done, **told}


async def _go_through(job: RunningJob, elsewhere: MovesElsewhere, *, back: bool) -> None:
    async with job.step() as work:
        merged = await work.db.one(store.get, id=job.parameters["merge"])
    ids = {"merge_id": str(merged["id"]), "merged_id": str(merged["merged_id"]), "survivor_id": str(merged["survivor_id"])}
    request = moves_pb2.MoveClientRequest(**ids, back=back, asked_by=str(job.created_by))
    while len(over := job.state.get("over", {})) < len(SERVICES):
        service = next(name for name in SERVICES if name not in over)
        async with job.step() as work:
            # Who erases one of the two waits for this batch, and nothing moves after that.
            await work.db.one(store.lock, id=merged["id"])
            reply = await elsewhere.move(service, request, work)
            job.done = sum(over.values()) + reply.moved
            if not reply.unfinished:
                job.state["over"] = {**over, service: reply.moved}
                for name, rows in (("changed", reply.changed), ("kept", reply.kept)):
                    job.state[name] = [*job.state.get(name, []), *({"kind": row.kind, "id": row.id} for row in rows)]


def job_kinds(elsewhere: MovesElsewhere) -> list[JobKind]:
    """Nobody's standing is asked: half a history must not stay where it is because somebody has left."""
    return [
        JobKind(KIND, partial(move_history, elsewhere=elsewhere), needs=None, resource=options_pb2.RESOURCE_CLIENT),
        JobKind(UNDO_KIND, partial(move_back, elsewhere=elsewhere), needs=None, resource=options_pb2.RESOURCE_CLIENT),
    ]
