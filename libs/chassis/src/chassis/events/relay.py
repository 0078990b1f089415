"""The relay: signs what waits in an outbox, takes it to the broker, and marks it only when the broker has answered for it."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from prometheus_client import Counter as Count
from prometheus_client import Gauge

from chassis.backoff import Backoff
from chassis.events.broker.base import Broker
from chassis.events.broker.errors import BrokerDown, Unroutable
from chassis.events.relay_sql import RelayStatements
from chassis.events.signatures import EventSigner
from chassis.observability.redaction import cause
from chassis.work.envelope import Envelope
from chassis.work.leader import LeaderElection

_log = logging.getLogger(__name__)
_PUBLISHED = Count("caseload_outbox_published_total", "Events a broker has confirmed.", ["service"])
_UNROUTABLE = Count("caseload_outbox_unroutable_total", "Attempts to publish an event that nobody takes.", ["service", "type"])
_WAITING = Gauge("caseload_outbox_waiting", "Events not yet confirmed by a broker.", ["service"])
_LAG = Gauge("caseload_outbox_lag_seconds", "Age of the oldest event not yet confirmed.", ["service"])
# After the grace period, for marking what was confirmed in it.
_SECONDS_TO_MARK = 2.0
# How soon a broker that took nothing is tried again, and how late an event that it refused.
_BACKOFF = Backoff(first=0.1, longest=15.0)
_LONGEST_BACKOFF = 60.0
# A round costs statements here, a message, and a transaction at the other end, however many events it carries.
_REST_PER_EVENT = 0.01
# The queue of a dead letter that is replayed, empty for an outbox row; the workspace; the event.
Key = tuple[str, UUID, UUID]


class Relay:
    """Carries one service's outbox to a broker, as the role that may read every workspace's.

    Any number may run; a session's advisory lock picks the one that works. It reads *unpublished rows*, never rows
    after the last id it saw, so a transaction that commits late loses nothing. It outlives the loss of the database
    and of the broker. `dsn` must lead to one session: no transaction-pooling proxy in between.
    """

    def __init__(
        self,
        dsn: str,
        schema: str,
        broker: Broker,
        signer: EventSigner,
        *,
        batch: int = 200,
        most_in_flight: int = 1_000,
        poll: float = 1.0,
        pace: float = 0.2,
    ) -> None:
        self._schema = schema
        self._broker = broker
        self._signer = signer
        self._batch = batch
        self._most_in_flight = most_in_flight
        self._poll = poll
        # The more a round carried or marked, the later the next one begins, up to this long: what gathers meanwhile is carried together.
        self._pace = pace
        self._sql = RelayStatements(schema)
        self._wake = asyncio.Event()
        # The name is the same in every version: the relays of two versions compete during an upgrade.
        self._election = LeaderElection(dsn, f"caseload relay {schema}", application=f"caseload-{schema}-relay", poll=poll)
        # Both outlive a lost database connection: a confirmation that arrives meanwhile is marked afterwards.
        self._in_flight: dict[Key, asyncio.Task[None]] = {}
        self._answered: dict[Key, BaseException | None] = {}
        self._broker_failures = 0
        self._resume_at = 0.0
        self._grace = 10.0

    @property
    def leading(self) -> bool:
        """Whether this relay is the one that works."""
        return self._election.leading

    def wake(self) -> bool:
        """Lets it look for events at once; returns whether it is the one that works, as far as it knows."""
        self._wake.set()
        return self.leading

    async def run(self) -> None:
        """Works until `stop`; cancelled, it drops what it holds, which another relay then carries again."""
        try:
            await self._election.run(self._lead)
        finally:
            for task in self._in_flight.values():
                task.cancel()

    async def stop(self, *, grace: float = 10.0) -> None:
        """Takes nothing new and waits for what is under way. Drain the broker first, or its retries are waited for."""
        self._grace = grace
        self._election.stopping.set()
        self._wake.set()
        await self._election.stop(grace=grace + _SECONDS_TO_MARK)

    async def _lead(self, connection: Any) -> None:
        await connection.add_listener(f"{self._schema}_outbox", lambda *_: self._wake.set())
        await self._work(connection)
        await self._finish(connection)

    async def _work(self, connection: Any) -> None:
        loop = asyncio.get_running_loop()
        looked = float("-inf")
        while not self._election.stopping.is_set():
            self._wake.clear()
            began = loop.time()
            marked = await self._mark(connection)
            launched, full = await self._launch(connection)
            if loop.time() - looked >= self._poll:
                looked = loop.time()
                await self._replay(connection)
                await self._measure(connection)
            if not full:
                await self._doze()
                rest = min((marked + launched) * _REST_PER_EVENT, self._pace)
                await self._sleep(began + rest - loop.time())

    async def _finish(self, connection: Any) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight.values(), timeout=self._grace)
        await self._mark(connection)

    async def _doze(self) -> None:
        try:
            async with asyncio.timeout(self._poll):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._election.stopping.wait()
        except TimeoutError:
            return

    async def _launch(self, connection: Any) -> tuple[int, bool]:
        """Sends what is due; how many events, and whether there may be more at once."""
        room = min(self._batch, self._most_in_flight - len(self._in_flight))
        if room <= 0 or asyncio.get_running_loop().time() < self._resume_at:
            return 0, False
        held = [key[2] for key in (*self._in_flight, *self._answered) if key[0] == ""]
        rows = await connection.fetch(self._sql.due, held, room)
        for envelope in self._signer.sign_proven([Envelope(*row) for row in rows]):
            self._start(("", envelope.workspace_id, envelope.id), self._broker.publish(envelope))
        return len(rows), len(rows) == room

    async def _replay(self, connection: Any) -> None:
        """Publishes the dead letters that were marked for replay, each to its own queue."""
        for row in await connection.fetch(self._sql.replays, self._batch):
            queue, *fields = row
            envelope = Envelope(*fields)
            key = (queue, envelope.workspace_id, envelope.id)
            if key not in self._in_flight and key not in self._answered:
                self._start(key, self._broker.send(queue, envelope))

    def _start(self, key: Key, sending: Awaitable[None]) -> None:
        async def send() -> None:
            try:
                await sending
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the row stays and says so
                self._answered[key] = error
            else:
                self._answered[key] = None
            finally:
                del self._in_flight[key]
                self._wake.set()

        self._in_flight[key] = asyncio.create_task(send(), name="relay-send")

    async def _mark(self, connection: Any) -> int:
        """Marks confirmed events as published and returns their number; the others stay due."""
        answered = dict(self._answered)
        if not answered:
            return 0
        done = [key for key, error in answered.items() if error is None]
        refused = {key: error for key, error in answered.items() if error is not None and not isinstance(error, BrokerDown)}
        events = [key for key in done if key[0] == ""]
        if events:
            await connection.execute(self._sql.published, [key[1] for key in events], [key[2] for key in events])
            _PUBLISHED.labels(self._schema).inc(len(events))
        for queue, workspace_id, event_id in done:
            if queue:
                await connection.execute(self._sql.replayed, queue, workspace_id, event_id)
        await self._record(connection, refused)
        self._heed_broker(len(done) + len(refused), len(answered))
        for key in answered:
            del self._answered[key]
        return len(answered)

    async def _record(self, connection: Any, refused: dict[Key, BaseException]) -> None:
        """Logs what could not be delivered, one line for all of a type and reason, and makes each due again after a growing pause."""
        for (queue, workspace_id, event_id), error in refused.items():
            if queue:
                _log.error("a dead letter cannot be replayed", extra={"queue": queue, "event_id": str(event_id), "error": cause(error)})
                await connection.execute(self._sql.not_replayable, queue, workspace_id, event_id)
        events = [(key[1], key[2], cause(error)[:200]) for key, error in refused.items() if key[0] == ""]
        if not events:
            return
        rows = await connection.fetch(self._sql.refused, *map(list, zip(*events, strict=True)), _LONGEST_BACKOFF)
        for (type_, why), count in Counter((row["type"], row["last_error"]) for row in rows).items():
            facts = {"service": self._schema, "type": type_, "error": why, "events": count}
            if why == Unroutable.__name__:
                _UNROUTABLE.labels(self._schema, type_).inc(count)
                _log.error("nobody takes this event: no queue is bound to it", extra=facts)
            else:
                _log.error("the broker did not take an event", extra=facts)

    def _heed_broker(self, answers: int, attempts: int) -> None:
        if answers:
            self._broker_failures = 0
        elif attempts:
            self._broker_failures += 1
            pause = _BACKOFF.delay(self._broker_failures)
            self._resume_at = asyncio.get_running_loop().time() + pause
            _log.warning("the broker is away; events wait", extra={"service": self._schema, "seconds": round(pause, 1)})

    async def _measure(self, connection: Any) -> None:
        waiting, lag = await connection.fetchrow(self._sql.lag)
        _WAITING.labels(self._schema).set(waiting)
        _LAG.labels(self._schema).set(lag)
