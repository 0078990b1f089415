"""Events leave with the commit that caused them: written here in its transaction, carried on by the relay."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.db.database import Database
from chassis.db.errors import refusals
from chassis.db.transaction import Transaction
from chassis.work.envelope import Envelope

_SECONDS_ALONE = 5.0


async def write(transaction: Transaction, schema: str, envelopes: Sequence[Envelope]) -> None:
    """Puts all events of a transaction into the outbox with one insert."""
    await transaction.execute(f"{_into(schema)} SELECT * FROM {_EVENTS}", *_columns(envelopes))


async def write_alone(database: Database, envelopes: Sequence[Envelope]) -> None:
    """Puts events of any workspaces into the outbox, durably, and nothing else: for those of one, pin, rows and commit cross as one."""
    by_workspace: dict[UUID, list[Envelope]] = defaultdict(list)
    for envelope in envelopes:
        by_workspace[envelope.workspace_id].append(envelope)
    # Every row of it comes after the pin has been set, and the pin goes with the statement's transaction.
    sql = f"{_into(database.schema)} SELECT events.* FROM (SELECT set_config('app.workspace_id', $8, true)) AS pin, {_EVENTS} AS events"
    several = len(by_workspace) > 1
    connection = await database.lend(_SECONDS_ALONE)
    try:
        with refusals():
            if several:
                await connection.execute("BEGIN", timeout=_SECONDS_ALONE)
            for workspace_id, group in by_workspace.items():
                await connection.execute(sql, *_columns(group), str(workspace_id), timeout=_SECONDS_ALONE)
            if several:
                await connection.execute("COMMIT", timeout=_SECONDS_ALONE)
    except BaseException:
        # Hung up on, the database undoes it by itself; to be asked to, it would have to answer.
        await database.give_back(connection, broken=True)
        raise
    await database.give_back(connection)


_EVENTS = "unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::timestamptz[])"


def _into(schema: str) -> str:
    return f"INSERT INTO {schema}.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at)"


def _columns(envelopes: Sequence[Envelope]) -> tuple[list[Any], ...]:
    return (
        [e.workspace_id for e in envelopes],
        [e.id for e in envelopes],
        [e.type for e in envelopes],
        [e.payload for e in envelopes],
        [e.request_id for e in envelopes],
        [e.traceparent for e in envelopes],
        [e.occurred_at for e in envelopes],
    )
