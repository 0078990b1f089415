"""Hands a text message over by HTTP to whoever sends it: signed as Standard Webhooks has it, under an id that every attempt repeats."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from chassis.work.unit_of_work import UnitOfWork
from notifications.mail.smtp import PermanentFailure, TransientFailure, UnknownOutcome
from notifications.return_paths.rules import NOWHERE, KnownBy, Reason
from notifications.sms_channels import rules
from notifications.webhooks.outgoing import Outgoing
from notifications.webhooks.rules import rests_until, retry_after, signature

# Addresses of workspaces of which is known that nobody answers.
_MOST_RESTING = 10_000


@dataclass(frozen=True, slots=True)
class TextMessage:
    """What somebody is to read, and who is asked to send it. `id` is the same in every attempt."""

    workspace_id: UUID
    id: UUID
    to: str
    text: str
    url: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        # What it says, and to whom, appears in no log.
        return f"TextMessage({self.id})"


class HttpChannel:
    """Whoever does not answer is asked less often, so that they do not keep other workspaces' messages: this process remembers that."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        # Failures in a row, and until when nothing is sent there, by workspace and address: another provider has asked for no pause.
        self._resting: OrderedDict[tuple[UUID, str], tuple[int, datetime | None]] = OrderedDict()

    def rests_until(self, workspace_id: UUID, url: str, *, now: datetime) -> datetime | None:
        """Until when nothing is handed over there for the workspace; None where something may be."""
        _, until = self._resting.get((workspace_id, url), (0, None))
        return until if rules.is_resting(until, now=now) else None

    async def address_of(self, _workspace_id: UUID, _message: TextMessage) -> KnownBy:
        """Empty: nothing is kept of a number. Whoever sends messages knows which ones are not in use."""
        return NOWHERE

    async def begin(self, _work: UnitOfWork, _kind: str, _row: Any, _address: KnownBy, _held_status: str | None) -> str:
        return ""

    async def record_bounce(self, _work: UnitOfWork, _kind: str, _row: Any, _address: KnownBy, _reason: Reason) -> None:
        return

    async def send(self, message: TextMessage, *, return_path: str) -> None:
        timestamp, now = int(time.time()), datetime.now(UTC)
        told = {"id": str(message.id), "to": message.to, "text": message.text}
        body = orjson.dumps({"type": "sms.send", "timestamp": now, "data": told}, option=orjson.OPT_UTC_Z)
        headers = {
            "content-type": "application/json",
            "user-agent": "Caseload-Text-Messages/1",
            "idempotency-key": str(message.id),
            "webhook-id": str(message.id),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(message.secrets, str(message.id), timestamp, body),
        }
        answer = await self._outgoing.post(message.url, body, headers)
        if answer.status is None:
            self._note_failure(message)
            if answer.may_have_arrived:
                raise UnknownOutcome("no_answer")
            if answer.error == "address_not_allowed":
                raise PermanentFailure("provider_address_wrong")
            raise TransientFailure("provider_not_reachable")
        verdict = rules.verdict(answer.status)
        if not verdict.is_final:
            asked = retry_after(answer.retry_after, now=datetime.now(UTC)) or timedelta()
            self._note_failure(message, asked)
            raise TransientFailure(verdict.reason or "", asked=asked)
        self._resting.pop((message.workspace_id, message.url), None)
        if verdict.reason is not None:
            raise PermanentFailure(verdict.reason)

    def _note_failure(self, message: TextMessage, asked: timedelta = timedelta()) -> None:
        """A pause that is asked for holds for all messages of the workspace: a provider counts those of an account."""
        key = message.workspace_id, message.url
        failures, _ = self._resting.pop(key, (0, None))
        self._resting[key] = (failures + 1, rests_until(failures + 1, now=datetime.now(UTC), asked=asked))
        while len(self._resting) > _MOST_RESTING:
            self._resting.popitem(last=False)
