"""Dead letters: events that a reaction failed to handle as often as it may. Stored, listed, and sent once more on request."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

import asyncpg
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq.exceptions import ConnectionInternalError

from chassis.backoff import Backoff
from chassis.db.transaction import Transaction
from chassis.events.broker.base import DeadLetter
from chassis.events.broker.errors import Malformed
from chassis.events.broker.rabbitmq import messages
from chassis.events.broker.rabbitmq.connection import connected
from chassis.settings import Settings

_BACKOFF = Backoff(first=0.1, longest=2.0)
_MOST_ATTEMPTS = 8
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class DeadLetterSummary:
    """What is listed of a dead letter: everything but its payload."""

    queue: str
    id: UUID | None
    workspace_id: UUID | None
    type: str
    error: str
    attempts: int
    died_at: datetime

    def __str__(self) -> str:
        return f"{self.died_at:%Y-%m-%dT%H:%M:%SZ}  {self.queue}  {self.id}  {self.type}  {self.error}  after {self.attempts} attempts"


class DeadLetters(Protocol):
    """Lists and replays the dead letters of one transport."""

    async def listed(self, queue: str | None = None) -> list[DeadLetterSummary]:
        """The dead letters of one queue, or of all, oldest first."""

    async def replay(self, queue: str, event_id: UUID | None = None) -> int:
        """Sends one, or all of the queue, to that queue again, with a fresh count of attempts. How many."""


def dead_letters(settings: Settings, schema: str, queues: Sequence[str]) -> DeadLetters:
    """Those of the transport that the settings name; `queues` are those of the service's reactions."""
    broker = settings.broker_url.get_secret_value()
    if broker.startswith("amqp"):
        return RabbitDeadLetters(broker, queues)
    if settings.relay_database_url is None:
        raise ValueError("CASELOAD_RELAY_DATABASE_URL is needed to see the dead letters of every workspace")
    return TableDeadLetters(settings.relay_database_url.get_secret_value(), schema)


async def dead(settings: Settings, schema: str, queues: Sequence[str], queue: str | None = None) -> None:
    """`events dead [--queue]`: prints a line per dead letter."""
    found = await dead_letters(settings, schema, queues).listed(queue)
    for summary in found:
        print(summary)  # noqa: T201 - a command's output
    print(f"{len(found)} dead letters")  # noqa: T201 - the same


async def replay(settings: Settings, schema: str, queues: Sequence[str], queue: str, event_id: UUID | None = None) -> None:
    """`events replay <queue> [--id]`: sends them once more."""
    count = await dead_letters(settings, schema, queues).replay(queue, event_id)
    print(f"{count} sent to {queue} once more")  # noqa: T201 - a command's output


async def keep_dead_letter(transaction: Transaction, schema: str, dead_letter: DeadLetter) -> None:
    """Stores a dead letter in the consuming service's own table. One that fails again after a replay updates its row."""
    envelope = dead_letter.envelope
    await transaction.execute(
        f"INSERT INTO {schema}.dead_letters AS d"
        " (workspace_id, queue, id, type, payload, request_id, traceparent, occurred_at, signature, error, attempts)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workspace_id, queue, id) DO UPDATE SET"
        " error = excluded.error, attempts = d.attempts + excluded.attempts, died_at = now(),"
        " replay_requested_at = NULL, replayed_at = NULL",
        envelope.workspace_id,
        dead_letter.queue,
        envelope.id,
        envelope.type,
        envelope.payload,
        envelope.request_id,
        envelope.traceparent,
        envelope.occurred_at,
        envelope.signature,
        dead_letter.error,
        dead_letter.attempts,
    )


class TableDeadLetters:
    """The dead letters of in-process delivery. The service's relay sends what is asked for: this process may not run the reactions."""

    def __init__(self, relay_dsn: str, schema: str) -> None:
        self._dsn = relay_dsn
        self._schema = schema

    async def listed(self, queue: str | None = None) -> list[DeadLetterSummary]:
        connection = await asyncpg.connect(self._dsn, timeout=5.0)
        try:
            rows = await connection.fetch(
                f"SELECT queue, id, workspace_id, type, error, attempts, died_at FROM {self._schema}.dead_letters"
                " WHERE replayed_at IS NULL AND ($1::text IS NULL OR queue = $1) ORDER BY died_at, id",
                queue,
            )
        finally:
            await connection.close()
        return [DeadLetterSummary(*row) for row in rows]

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


class RabbitDeadLetters:
    """The `.dead` queues of a RabbitMQ. A listing holds the messages unacknowledged, and returns them when its connection closes."""

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        self._url = url
        self._queues = queues

    async def listed(self, queue: str | None = None) -> list[DeadLetterSummary]:
        found = [summary for name in ([queue] if queue else self._queues) for summary in await _until_led(partial(self._listed, name))]
        return sorted(found, key=lambda summary: summary.died_at)

    async def replay(self, queue: str, event_id: UUID | None = None) -> int:
        # What was sent before an interruption was acknowledged, and is not sent again.
        sent: list[UUID] = []
        await _until_led(partial(self._replay, queue, event_id, sent))
        return len(sent)

    async def _listed(self, queue: str) -> list[DeadLetterSummary]:
        async with connected(self._url) as connection:
            channel = await connection.channel()
            return [summary for message in await _messages(channel, queue) for summary in _summaries(queue, message)]

    async def _replay(self, queue: str, event_id: UUID | None, sent: list[UUID]) -> None:
        async with connected(self._url) as connection:
            channel = await connection.channel(on_return_raises=True)
            own = await channel.get_exchange(messages.own_exchange(queue), ensure=False)
            for message in await _messages(channel, queue):
                try:
                    envelopes = [envelope for envelope, _ in messages.read_all(message)]
                except Malformed:
                    continue
                # A parcel that nobody survived unpacking is replayed whole.
                if event_id is None or event_id in [envelope.id for envelope in envelopes]:
                    for envelope in envelopes:
                        await own.publish(messages.message(envelope), queue, mandatory=True, timeout=15.0)
                    # Only now: a crash in between replays it twice, which the inbox knows.
                    await message.ack()
                    sent += [envelope.id for envelope in envelopes]


async def _until_led(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """The result of `attempt`, made again on a new connection while a queue has no leader.

    A quorum queue is known to all before its processes have started, and for a moment whenever its leader changes. Who asks it
    then loses the connection, with an internal error as the reason. Raises that error if it still comes after some seconds.
    """
    failures = 0
    while True:
        try:
            return await attempt()
        except ConnectionInternalError:
            failures += 1
            if failures == _MOST_ATTEMPTS:
                raise
            await asyncio.sleep(_BACKOFF.delay(failures))


async def _messages(channel: AbstractChannel, queue: str) -> list[AbstractIncomingMessage]:
    try:
        dead_queue = await channel.declare_queue(messages.dead_queue(queue), passive=True)
    except ChannelNotFoundEntity:
        return []
    found = []
    while (message := await dead_queue.get(fail=False, timeout=10.0)) is not None:
        found.append(message)
    return found


def _summaries(queue: str, message: AbstractIncomingMessage) -> list[DeadLetterSummary]:
    why, when = messages.error_of(message), _died_at(message)
    try:
        return [DeadLetterSummary(queue, e.id, e.workspace_id, e.type, why, count.attempt, when) for e, count in messages.read_all(message)]
    except Malformed:
        return [DeadLetterSummary(queue, None, None, str(message.type), why, 1, when)]


def _died_at(message: AbstractIncomingMessage) -> datetime:
    deaths: Any = message.headers.get("x-death")
    if isinstance(deaths, list) and deaths:
        moved: datetime = deaths[0]["time"]
        return moved if moved.tzinfo else moved.replace(tzinfo=UTC)
    return message.timestamp or datetime.fromtimestamp(0, UTC)
