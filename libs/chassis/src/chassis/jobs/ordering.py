"""Orders a job: its row, and what it is to read, are written in the transaction of the call that asks for it."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.db.transaction import Record, Transaction
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs import rules
from chassis.jobs.store import JobStore
from chassis.storage.spool import Spool
from chassis.work.unit_of_work import UnitOfWork

_INPUTS = "job_inputs"
# Of 64 KiB each.
_PIECES_AT_ONCE = 8


async def order(
    store: JobStore,
    work: UnitOfWork,
    keys: WorkspaceKeys,
    kind: str,
    parameters: Mapping[str, Any],
    *,
    total: int | None = None,
    to_read: Spool | None = None,
) -> Record:
    """Creates a job for the caller and returns its row. `parameters` are JSON without PHI; what is `to_read` is kept sealed.

    Raises Conflict while the workspace has as many jobs that are not over as it may have.
    """
    if kind not in store.decided:
        rules.check_number((await work.db.one(store.count_open))["number"])
    job_id = uuid7()
    written = _written(parameters, pieces=0 if to_read is None else to_read.chunks)
    row = await work.db.one(
        store.create,
        id=job_id,
        kind=kind,
        parameters=written,
        proof=_proof(keys, job_id, kind, work.user_id, written),
        created_by=work.user_id,
        request_id=work.context.request_id,
        total=total,
        now=work.now,
    )
    for number, piece in enumerate(to_read.pieces() if to_read is not None else ()):
        sealed = keys.seal_bytes(piece, table=_INPUTS, row=job_id, revision=number)
        await work.db.run(store.add_input, job_id=job_id, number=number, sealed=sealed)
    return row


async def order_once(
    store: JobStore, work: UnitOfWork, keys: WorkspaceKeys, kind: str, parameters: Mapping[str, Any], *, total: int
) -> Record:
    """The same, unless one that was ordered alike is not over: then its row. The caller holds a lock on what it is about."""
    waiting = await work.db.maybe(store.under_way, kind=kind, parameters=_written(parameters, pieces=0))
    return waiting or await order(store, work, keys, kind, parameters, total=total)


async def record_done(
    store: JobStore,
    work: UnitOfWork,
    keys: WorkspaceKeys,
    kind: str,
    parameters: Mapping[str, Any],
    *,
    job_id: UUID,
    total: int,
    result: Mapping[str, Any],
) -> None:
    """Keeps what the call itself has done as a job that is done."""
    written = _written(parameters, pieces=0)
    await work.db.run(
        store.create_done,
        id=job_id,
        kind=kind,
        parameters=written,
        proof=_proof(keys, job_id, kind, work.user_id, written),
        created_by=work.user_id,
        request_id=work.context.request_id,
        done=total,
        total=total,
        result=json.dumps(result),
        now=work.now,
    )


def _written(parameters: Mapping[str, Any], *, pieces: int) -> str:
    return json.dumps({**parameters, "pieces": pieces}, sort_keys=True)


def read_parameters(row: Mapping[str, Any], keys: WorkspaceKeys) -> dict[str, Any]:
    """What was asked for; SealBroken unless it is as it was ordered."""
    if _proof(keys, row["id"], row["kind"], row["created_by"], row["parameters"]) != row["proof"]:
        raise SealBroken(f"the job {row['id']} is not as it was ordered")
    parameters: dict[str, Any] = json.loads(row["parameters"])
    return parameters


async def read_input(store: JobStore, tx: Transaction, keys: WorkspaceKeys, job_id: UUID, pieces: int) -> AsyncIterator[bytes]:
    """What the job was given to read, piece by piece. SealBroken unless all of it is there as it was."""
    number = 0
    while number < pieces:
        rows = await tx.all(store.read_input, job_id=job_id, number=number, limit=_PIECES_AT_ONCE)
        if not rows:
            raise SealBroken(f"what the job {job_id} was given to read is not there")
        for row in rows:
            yield keys.open_bytes(row["sealed"], table=_INPUTS, row=job_id, revision=number)
            number += 1


def _proof(keys: WorkspaceKeys, job_id: UUID, kind: str, created_by: UUID, parameters: str) -> bytes:
    return keys.mac(b"job", job_id.bytes, kind.encode(), created_by.bytes, parameters.encode())
