"""How any mail is sent: looked at, composed, marked, handed over, and written down, each step leaving a trace of its own.

The mark comes before the conversation. A sender that dies between the two leaves a mark behind, and the mail counts
as `unknown`: it may be out, and nobody is mailed twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from chassis.db.statement import Statement
from chassis.errors import Refusal, Unavailable
from chassis.service.runtime import Runtime
from notifications.mail import rounds
from notifications.mail.smtp import MailServer, NotTaken, Refused, Undecided, Unsent

_log = logging.getLogger(__name__)

_MAILS = Counter("caseload_mails_total", "Mails by kind and what became of them.", ["kind", "outcome"])


class NotToBeSent(Exception):
    """The mail has lost its sense. `status` is what its row ends as, `reason` a code."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail: its statements, what is written in it, and how long it is tried.

    `compose` gets the workspace and the row. It raises NotToBeSent, or Unavailable for later; None
    says that the row has been given another time meanwhile. `again_at` gets the
    row and the time, and says when to try once more, if ever. `guard` names columns that must not have changed
    between composing and sending.
    """

    name: str
    to_send: Statement
    begin_sending: Statement
    end: Statement
    put_back: Statement
    compose: Callable[[UUID, Any], Awaitable[EmailMessage | None]]
    again_at: Callable[[Any, datetime], datetime | None]
    guard: tuple[str, ...] = ()


class Sender:
    """Each call of `send` is one claim, and ends in a row that says what became of it."""

    def __init__(self, runtime: Runtime, server: MailServer, kind: Kind, *, lease: timedelta) -> None:
        self._runtime = runtime
        self._server = server
        self._kind = kind
        self._lease = lease

    async def send(self, workspace_id: UUID, item_id: UUID) -> None:
        row = await self._look(workspace_id, item_id)
        if row is None:
            return
        try:
            message = await self._kind.compose(workspace_id, row)
        except NotToBeSent as verdict:
            await self._end(workspace_id, row, verdict.status, verdict.reason)
            return
        except Unavailable as away:
            await self._put_back(workspace_id, row, away.code)
            return
        if message is None or not await self._mark(workspace_id, row):
            return
        try:
            await self._server.send(message)
        except NotTaken as refusal:
            await self._put_back(workspace_id, row, refusal.code)
        except Unsent as end:
            await self._end(workspace_id, row, _ending(end), end.code)
        else:
            await self._end(workspace_id, row, "sent", None)

    async def _look(self, workspace_id: UUID, item_id: UUID) -> Any:
        """The row, if it is still to be sent."""
        async with self._runtime.background(workspace_id) as work:
            row = await work.db.maybe(self._kind.to_send, **_given(self._kind.to_send, id=item_id, now=work.now))
        if row is not None and row["status"] == "sending":
            # Whoever marked it has let the claim lapse.
            await self._end(workspace_id, row, "unknown", "sender_lost")
            return None
        return row if row is not None and row["status"] == "pending" else None

    async def _mark(self, workspace_id: UUID, row: Any) -> bool:
        """Makes the mail ours for one conversation; False when it was moved, cancelled or taken meanwhile."""
        async with self._runtime.background(workspace_id) as work:
            guarded = {name: row[name] for name in self._kind.guard}
            if await work.db.maybe(self._kind.begin_sending, id=row["id"], **guarded) is None:
                return False
            await work.db.run(rounds.renew, kind=self._kind.name, item_id=row["id"], lapses_at=work.now + self._lease)
        return True

    async def _put_back(self, workspace_id: UUID, row: Any, reason: str) -> None:
        async def put_back() -> str:
            async with self._runtime.background(workspace_id) as work:
                at = self._kind.again_at(row, work.now)
                if at is None:
                    await work.db.run(self._kind.end, id=row["id"], status="failed", sent_at=None, reason=reason)
                    return "failed"
                await work.db.run(self._kind.put_back, id=row["id"], at=at, reason=reason)
                return "deferred"

        self._tell(row, await self._insist(put_back), reason)

    async def _end(self, workspace_id: UUID, row: Any, status: str, reason: str | None) -> None:
        async def end() -> str:
            async with self._runtime.background(workspace_id) as work:
                sent_at = work.now if status == "sent" else None
                await work.db.run(self._kind.end, id=row["id"], status=status, sent_at=sent_at, reason=reason)
            return status

        self._tell(row, await self._insist(end), reason)

    async def _insist(self, write: Callable[[], Awaitable[str]]) -> str:
        """What became of a mail is written down as soon as the database lets us, as long as the claim is ours."""
        given_up = asyncio.get_running_loop().time() + self._lease.total_seconds() / 2
        while True:
            try:
                return await write()
            except Refusal:
                if asyncio.get_running_loop().time() > given_up:
                    raise
                await asyncio.sleep(0.5)

    def _tell(self, row: Any, outcome: str, reason: str | None) -> None:
        _MAILS.labels(self._kind.name, outcome).inc()
        level = logging.INFO if outcome in {"sent", "skipped", "cancelled", "dropped"} else logging.WARNING
        facts = {"kind": self._kind.name, "item_id": str(row["id"]), "outcome": outcome, "reason": reason, "attempts": row["attempts"] + 1}
        _log.log(level, "a mail was attended to", extra=facts)


def _given(statement: Statement, **values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in statement.names}


def _ending(end: Unsent) -> str:
    match end:
        case Undecided():
            return "unknown"
        case Refused(bounced=True):
            return "bounced"
        case _:
            return "failed"
