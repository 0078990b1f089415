"""Leader election among the instances of a service, by a session-level advisory lock of PostgreSQL.

What is promised:

- At most one session holds the lock at a time: PostgreSQL sees to that.
- The lock ends with its session. A standby takes over within one poll interval after PostgreSQL has ended the
  leader's session; if the leader's machine vanished, PostgreSQL notices after about 25 seconds of TCP silence.
- The work of a leader is cancelled as soon as this process learns that the session has ended, and the election
  goes on in a new session. A server that stopped answering is noticed by the work's next statement on the session.

What cannot be promised: that two leaders never work at the same time. Between the end of a session and the moment
when its process learns of it, the successor may already be working. So the work must be correct with two leaders
(row locks, constraints); the election only saves them from doing the same thing twice.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from chassis.backoff import Backoff
from chassis.db.advisory_locks import session_lock_number
from chassis.db.errors import LOST, refusal_of
from chassis.errors import Refusal, Unavailable

_log = logging.getLogger(__name__)

_SECONDS_TO_CONNECT = 5.0
_SECONDS_TO_CLOSE = 2.0
_BACKOFF = Backoff(first=0.1, longest=15.0)

Work = Callable[[Any], Awaitable[None]]


class LeaderElection:
    """Lets one of many instances do a piece of work, and another take it over when the first one ends.

    `name` identifies the election within the database: instances with the same name compete, in every version of the
    software. `dsn` must lead to a session of its own, so no proxy that pools transactions may stand in between.
    Standbys try for the lock about every `poll` seconds. A statement on the session fails after `command_timeout`
    seconds. After a failure, the next attempt follows `backoff`.
    """

    def __init__(
        self,
        dsn: str,
        name: str,
        *,
        application: str,
        poll: float = 1.0,
        command_timeout: float = 30.0,
        backoff: Backoff = _BACKOFF,
    ) -> None:
        self._dsn = dsn
        self._name = name
        self._key = session_lock_number(name)
        self._application = application
        self._poll = poll
        self._command_timeout = command_timeout
        self._backoff = backoff
        self._leading = False
        self._work: asyncio.Future[None] | None = None
        self._failures = 0
        self.stopping = asyncio.Event()
        self._stopped = asyncio.Event()
        self._stopped.set()

    @property
    def leading(self) -> bool:
        """Whether this instance leads, as far as it knows: see the top of this file for what that means."""
        return self._leading

    async def run(self, work: Work) -> None:
        """Awaits `work(session)` whenever this instance becomes the leader. Returns after `stop`, and raises nothing.

        `session` is the asyncpg connection that holds the lock, for the work alone. The work should use it every few
        seconds, so that a server that stopped answering is noticed. It is expected to return soon after `stopping`
        is set. If it returns earlier, this instance resigns and competes again. If it fails, the error is logged and
        this instance competes again after a pause. If `run` is cancelled, so is the work, and the lock is released.
        """
        self._stopped.clear()
        try:
            while not self.stopping.is_set():
                try:
                    await self._compete(work)
                except Exception as error:  # noqa: BLE001 - whatever happened, the work is still to be done
                    self._failures += 1
                    self._report(error)
                    await self._pause(self._backoff.delay(self._failures))
                else:
                    await self._pause(self._poll)
        finally:
            self._stopped.set()

    async def stop(self, *, grace: float = 10.0) -> None:
        """Sets `stopping`, waits up to `grace` seconds for the work to return, then cancels it.

        When this returns, `run` has ended and the lock is released.
        """
        self.stopping.set()
        try:
            async with asyncio.timeout(grace):
                await self._stopped.wait()
        except TimeoutError:
            if self._work is not None:
                self._work.cancel()
            await self._stopped.wait()

    async def _compete(self, work: Work) -> None:
        """Opens a session, waits for the lock, leads, and closes the session, which releases the lock."""
        session = await asyncpg.connect(
            self._dsn,
            timeout=_SECONDS_TO_CONNECT,
            command_timeout=self._command_timeout,
            server_settings={
                "application_name": self._application,
                # PostgreSQL ends the session of a machine that vanished, and frees the lock, after 10 + 3 * 5 seconds.
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "5",
                "tcp_keepalives_count": "3",
                "TimeZone": "UTC",
            },
        )
        try:
            # Polled: a statement that waits for the lock would hold a snapshot, and keep vacuum from removing dead rows.
            while not await session.fetchval("SELECT pg_try_advisory_lock($1)", self._key):
                await self._pause(self._poll * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                if self.stopping.is_set():
                    return
            await self._lead(session, work)
        finally:
            await _close(session)

    async def _lead(self, session: Any, work: Work) -> None:
        """Runs the work until it returns, fails or is cancelled. Raises its error; ConnectionResetError if the session ended."""
        if session.is_closed():
            raise ConnectionResetError("the session ended right after it had been given the lock")
        lost = False
        task = asyncio.ensure_future(work(session))

        def on_termination(_session: Any) -> None:
            nonlocal lost
            lost = True
            self._leading = False
            task.cancel()

        session.add_termination_listener(on_termination)
        self._leading = True
        self._work = task
        began = asyncio.get_running_loop().time()
        _log.info("this instance leads", extra={"election": self._name})
        try:
            await asyncio.wait((task,))
        finally:
            task.cancel()
            await asyncio.wait((task,))
            session.remove_termination_listener(on_termination)
            self._leading = False
            self._work = None
        if asyncio.get_running_loop().time() - began > self._backoff.longest:
            # The work went well for a good while, so an error now is the first one again.
            self._failures = 0
        error = None if task.cancelled() else task.exception()
        if lost:
            raise ConnectionResetError("the session that held the lock has ended") from error
        if error is not None:
            raise error

    def _report(self, error: Exception) -> None:
        facts = {"election": self._name, "error": type(error).__name__}
        if isinstance(error, Refusal) or isinstance(refusal_of(error), Unavailable):
            _log.warning("the leader election lost its database", extra=facts)
        else:
            _log.error("the work of the leader failed", extra=facts, exc_info=error)

    async def _pause(self, seconds: float) -> None:
        """Waits this long, or until `stop`."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return


async def _close(session: Any) -> None:
    try:
        await session.close(timeout=_SECONDS_TO_CLOSE)
    except LOST:
        session.terminate()
