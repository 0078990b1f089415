"""Events leave with the commit that caused them: written here in its transaction, published by the relay."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from chassis.db.database import Database
from chassis.db.errors import refusals
from chassis.db.transaction import CommitFailed, Transaction
from chassis.events.notifier import RelayNotifier
from chassis.events.signatures import EventSigner
from chassis.work.envelope import Envelope

_SECONDS_ALONE = 5.0


class Hinter(Protocol):
    def hint(self, kind: str, workspace_id: UUID) -> None:
        """Tells whoever listens at this moment; returns at once."""


class Outbox:
    """The outbox of one service. Events are written with a proof, so that the relay signs no row that somebody else has written or changed."""

    def __init__(
        self, database: Database, signer: EventSigner, notifier: RelayNotifier | None = None, hinter: Hinter | None = None
    ) -> None:
        self._database = database
        self._signer = signer
        self._notifier = notifier
        self._hinter = hinter
        into = f"INSERT INTO {database.schema}.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at, signature)"
        events = "unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[])"
        self._insert = f"{into} SELECT * FROM {events}"
        # The setting takes effect before its first row is inserted, and ends with the statement's own transaction.
        self._insert_alone = f"{into} SELECT events.* FROM (SELECT set_config('app.workspace_id', $9, true)) AS pin, {events} AS events"

    async def write(self, transaction: Transaction, envelopes: Sequence[Envelope]) -> None:
        """Adds events, all of the transaction's workspace, with one insert."""
        await transaction.execute(self._insert, *self._columns(envelopes))

    async def write_alone(self, envelopes: Sequence[Envelope]) -> None:
        """Adds events of any workspaces in a transaction of their own; returns once they are durable.

        Those of one workspace take one round trip for setting, rows and commit. Unavailable when the database does not answer.
        """
        by_workspace: dict[UUID, list[Envelope]] = defaultdict(list)
        for envelope in envelopes:
            by_workspace[envelope.workspace_id].append(envelope)
        several = len(by_workspace) > 1
        with refusals():
            async with self._database.connection(_SECONDS_ALONE) as connection:
                if several:
                    await connection.execute("BEGIN", timeout=_SECONDS_ALONE)
                for workspace_id, group in by_workspace.items():
                    await connection.execute(self._insert_alone, *self._columns(group), str(workspace_id), timeout=_SECONDS_ALONE)
                if several and await connection.execute("COMMIT", timeout=_SECONDS_ALONE) != "COMMIT":
                    raise CommitFailed("the events were not kept")

    def notify(self) -> None:
        """Wakes the relay after a commit with events; returns at once."""
        if self._notifier is not None:
            self._notifier.notify()

    def hint(self, kind: str, workspace_id: UUID) -> None:
        """Hints do not wait for a relay, which would be as late as it is busy: they are told at once, or lost."""
        if self._hinter is not None:
            self._hinter.hint(kind, workspace_id)

    def _columns(self, envelopes: Sequence[Envelope]) -> tuple[list[Any], ...]:
        return (
            [e.workspace_id for e in envelopes],
            [e.id for e in envelopes],
            [e.type for e in envelopes],
            [e.payload for e in envelopes],
            [e.request_id for e in envelopes],
            [e.traceparent for e in envelopes],
            [e.occurred_at for e in envelopes],
            [self._signer.proof(e) for e in envelopes],
        )
