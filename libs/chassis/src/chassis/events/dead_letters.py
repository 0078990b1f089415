"""Events that a reaction gave up on: kept, listed, and sent once more when somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import ChannelNotFoundEntity

from chassis.db.transaction import Transaction
from chassis.events.broker.base import DeadLetter
from chassis.events.broker.errors import Malformed
from chassis.events.broker.rabbitmq import messages as wire
from chassis.events.broker.rabbitmq.connection import connected
from chassis.settings import Settings


@dataclass(frozen=True, slots=True)
class Burial:
    """A dead letter as it is listed, without its payload."""

    queue: str
    id: UUID | None
    workspace_id: UUID | None
    type: str
    error: str
    attempts: int
    died_at: datetime

    def __str__(self) -> str:
        return f"{self.died_at:%Y-%m-%dT%H:%M:%SZ}  {self.queue}  {self.id}  {self.type}  {self.error}  after {self.attempts} attempts"


class Graveyard(Protocol):
    """Lists and replays the dead letters of one transport."""

    async def listed(self, queue: str | None = None) -> list[Burial]:
        """Those of one queue, or of all, oldest first."""

    async def replay(self, queue: str, event_id: UUID | None = None) -> int:
        """Sends one, or all of the queue, to that queue again, with a fresh count of attempts. How many."""


def graveyard(settings: Settings, schema: str, queues: Sequence[str]) -> Graveyard:
    """The one that goes with the settings; `queues` are those of the service's reactions."""
    broker = settings.broker_url.get_secret_value()
    if broker.startswith("amqp"):
        return RabbitGraveyard(broker, queues)
    if settings.relay_database_url is None:
        raise ValueError("CASELOAD_RELAY_DATABASE_URL is needed to see the dead letters of every workspace")
    return TableGraveyard(settings.relay_database_url.get_secret_value(), schema)


async def dead(settings: Settings, schema: str, queues: Sequence[str], queue: str | None = None) -> None:
    """`events dead [--queue]`: prints a line per dead letter."""
    found = await graveyard(settings, schema, queues).listed(queue)
    for burial in found:
        print(burial)  # noqa: T201 - a command's output
    print(f"{len(found)} dead letters")  # noqa: T201 - the same


async def replay(settings: Settings, schema: str, queues: Sequence[str], queue: str, event_id: UUID | None = None) -> None:
    """`events replay <queue> [--id]`: sends them once more."""
    count = await graveyard(settings, schema, queues).replay(queue, event_id)
    print(f"{count} sent to {queue} once more")  # noqa: T201 - a command's output


async def bury(transaction: Transaction, schema: str, letter: DeadLetter) -> None:
    """Keeps a letter in the consuming service's own table; one that died again is the same letter."""
    envelope = letter.envelope
    await transaction.execute(
        f"INSERT INTO {schema}.dead_letters AS d"
        " (workspace_id, queue, id, type, payload, request_id, traceparent, occurred_at, error, attempts)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (workspace_id, queue, id) DO UPDATE SET"
        " error = excluded.error, attempts = d.attempts + excluded.attempts, died_at = now(),"
        " replay_requested_at = NULL, replayed_at = NULL",
        envelope.workspace_id,
        letter.queue,
        envelope.id,
        envelope.type,
        envelope.payload,
        envelope.request_id,
        envelope.traceparent,
        envelope.occurred_at,
        letter.error,
        letter.attempts,
    )


class TableGraveyard:
    """The dead letters of in-process delivery. The service's relay sends what is asked for: this process may not run the reactions."""

    def __init__(self, relay_dsn: str, schema: str) -> None:
        self._dsn = relay_dsn
        self._schema = schema

    async def listed(self, queue: str | None = None) -> list[Burial]:
        connection = await asyncpg.connect(self._dsn, timeout=5.0)
        try:
            rows = await connection.fetch(
                f"SELECT queue, id, workspace_id, type, error, attempts, died_at FROM {self._schema}.dead_letters"
                " WHERE replayed_at IS NULL AND ($1::text IS NULL OR queue = $1) ORDER BY died_at, id",
                queue,
            )
        finally:
            await connection.close()
        return [Burial(*row) for row in rows]

    async def replay(self, queue: str, event_id: UUID | None = None) -> int:
        connection = await asyncpg.connect(self._dsn, timeout=5.0)
        try:
            status = await connection.execute(
                f"UPDATE {self._schema}.dead_letters SET replay_requested_at = now()"
                " WHERE queue = $1 AND replayed_at IS NULL AND replay_requested_at IS NULL AND ($2::uuid IS NULL OR id = $2)",
                queue,
                event_id,
            )
            await connection.execute(f"NOTIFY {self._schema}_outbox")
        finally:
            await connection.close()
        return int(status.rpartition(" ")[2])


class RabbitGraveyard:
    """The `.dead` queues of a RabbitMQ. Whoever looks holds the letters unacknowledged, and puts back what it leaves."""

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        self._url = url
        self._queues = queues

    async def listed(self, queue: str | None = None) -> list[Burial]:
        found = []
        async with connected(self._url) as connection:
            for name in [queue] if queue else self._queues:
                channel = await connection.channel()
                for letter in await _letters(channel, name):
                    found += _burials(name, letter)
                await channel.close()
        return sorted(found, key=lambda burial: burial.died_at)

    async def replay(self, queue: str, event_id: UUID | None = None) -> int:
        count = 0
        async with connected(self._url) as connection:
            channel = await connection.channel(on_return_raises=True)
            for letter in await _letters(channel, queue):
                try:
                    envelopes = [envelope for envelope, _ in wire.read_all(letter)]
                except Malformed:
                    continue
                # A parcel that nobody survived unpacking is replayed whole.
                if event_id is None or event_id in [envelope.id for envelope in envelopes]:
                    for envelope in envelopes:
                        await channel.default_exchange.publish(wire.message(envelope), queue, mandatory=True, timeout=15.0)
                    # Only now: a crash in between replays it twice, which the inbox knows.
                    await letter.ack()
                    count += len(envelopes)
        return count


async def _letters(channel: AbstractChannel, queue: str) -> list[AbstractIncomingMessage]:
    try:
        dead_queue = await channel.declare_queue(wire.dead_queue(queue), passive=True)
    except ChannelNotFoundEntity:
        return []
    found = []
    while (letter := await dead_queue.get(fail=False, timeout=10.0)) is not None:
        found.append(letter)
    return found


def _burials(queue: str, letter: AbstractIncomingMessage) -> list[Burial]:
    why, when = wire.error_of(letter), _died_at(letter)
    try:
        return [Burial(queue, e.id, e.workspace_id, e.type, why, tally.attempt, when) for e, tally in wire.read_all(letter)]
    except Malformed:
        return [Burial(queue, None, None, str(letter.type), why, 1, when)]


def _died_at(letter: AbstractIncomingMessage) -> datetime:
    deaths: Any = letter.headers.get("x-death")
    if isinstance(deaths, list) and deaths:
        moved: datetime = deaths[0]["time"]
        return moved if moved.tzinfo else moved.replace(tzinfo=UTC)
    return letter.timestamp or datetime.fromtimestamp(0, UTC)
