"""Events leave with the commit that caused them: written here in its transaction, carried on by the relay."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.db import LOST, Database, Transaction, refusals
from chassis.envelope import Envelope
from chassis.errors import Refusal
from chassis.relay import Relay

__all__ = ["Bell", "Envelope", "Relay", "write", "write_alone"]

_SECONDS_ALONE = 5.0

_log = logging.getLogger(__name__)


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


class Bell:
    """Wakes the relay after commits: one NOTIFY for all that were made within `pause` seconds, and rings at least `spacing` apart.

    NOTIFY takes a lock on the whole database while it commits, so it is kept out of the transactions themselves
    and is rung rarely. A ring that is lost costs no event: the relay looks by itself every second.
    """

    def __init__(self, database: Database, *, pause: float = 0.01, spacing: float = 0.05) -> None:
        self._database = database
        self._pause = pause
        self._spacing = spacing
        self._wanted = False
        self._ringing: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Says that a transaction with events has committed; returns at once."""
        self._wanted = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring(), name="outbox-bell")

    async def close(self) -> None:
        """Lets the last ring out."""
        if self._ringing is not None:
            await asyncio.wait([self._ringing], timeout=1.0)
            self._ringing.cancel()

    async def _ring(self) -> None:
        pause = self._pause
        while self._wanted:
            await asyncio.sleep(pause)
            pause = self._spacing
            # Before the NOTIFY, so that a commit made during it rings once more.
            self._wanted = False
            try:
                connection = await self._database.lend(timeout=1.0)
            except Refusal:
                return
            try:
                await connection.execute(f"NOTIFY {self._database.schema}_outbox", timeout=1.0)
            except LOST as error:
                _log.info("the relay was not woken", extra={"error": type(error).__name__})
                await self._database.give_back(connection, broken=True)
            except BaseException:
                await self._database.give_back(connection, broken=True)
                raise
            else:
                await self._database.give_back(connection)
