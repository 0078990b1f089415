"""Writes the audit line of every call; no reply is sent before its line is durable.

The line of a call with an effect commits with that effect. Lines of reads and denials are written in batches, so that many
share one commit.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from caseload.audit.v1 import events_pb2
from chassis.errors import Refusal, Unavailable
from chassis.rpc.method import Method
from chassis.work.audit import audit_line
from chassis.work.envelope import Envelope
from chassis.work.unit_of_work import OutboxWriter, UnitOfWork, envelope_of

_MOST_IN_A_BATCH = 500


def line(
    work: UnitOfWork, method: Method, ids: Sequence[str], *, clients: Sequence[str] = (), refusal: Refusal | None = None
) -> events_pb2.AuditRecorded:
    """The line that the method declares."""
    return audit_line(work, method.event_type, method.resource, method.action, ids, facts=work.facts, client_ids=clients, refusal=refusal)


class AuditBatcher:
    """Writes lines to the outbox, many callers to a commit."""

    def __init__(self, outbox: OutboxWriter) -> None:
        self._outbox = outbox
        self._waiting: list[tuple[Envelope, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def record(self, work: UnitOfWork, recorded: events_pb2.AuditRecorded) -> None:
        """Returns once the line is durable; Unavailable when it cannot be made so."""
        envelope = envelope_of(recorded, work, UUID(recorded.id))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((envelope, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_IN_A_BATCH], self._waiting[_MOST_IN_A_BATCH:]
            try:
                await self._outbox.write_alone([envelope for envelope, _ in batch])
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                # Everybody in the batch gets Unavailable, not the error that another caller's line caused.
                refusal = error if isinstance(error, Unavailable) else Unavailable("audit_unavailable", retry_after=1.0)
                if refusal is not error:
                    refusal.__cause__ = error
                for _, done in batch:
                    if not done.done():
                        done.set_exception(refusal)
            else:
                self._outbox.notify()
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)
