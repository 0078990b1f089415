"""Sends the items of a batch to clinical, one after the other: each is a call, and so a transaction, of its own."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson

from caseload.clinical.v1 import sync_pb2 as pb
from caseload.clinical.v1.sync_rpc import SyncStub
from chassis.context import RequestContext, deadline_exceeded
from chassis.errors import Conflict, Gone, Invalid, NotFound, Refusal, Stale, Unavailable
from chassis.rpc.client.attempts import InternalFault
from gateway.api.sync.schemas import SyncItem
from gateway.mapping import dump, render, to_proto

_log = logging.getLogger(__name__)
TEXTS = ("assessment", "objective", "plan", "subjective")
# What one item may take, so that none takes the time of all others.
_SECONDS_EACH = 4.0
# With less time left no further item is begun.
_SECONDS_LEFT = 0.5
# What is away so often in succession is away for all.
_MOST_FAILURES = 2
# Of one item, as is that its client's record is closed to this user. Any other refusal is one of the whole request.
_REJECTIONS = (Conflict, Gone, Invalid, NotFound, Stale)
_CLOSED = "client_restricted"
_MOVING = "history_is_moving"
_OF_THE_REQUEST = frozenset({"idempotency_in_progress", "idempotency_key_reused"})

FAULT = Refusal(
    "internal_error",
    "Taking this note failed here. It stays on the device: keep it there, and have your practice tell whoever runs this installation.",
)
SENTENCES = {
    "appointment_gone": "There is no such appointment any more; the note stands without it.",
    "appointment_has_note": "The appointment has a note already; the text is kept in a conflict copy of that one.",
    "appointment_of_another_client": "The appointment is another client's; the note stands without it.",
    "client_inactive": "The client was deactivated meanwhile.",
    "note_says_more": "The note says more than this device does; nothing of it was deleted.",
    "older_than_limit": "It was written longer ago than this workspace expects.",
    "session_deleted": "The note was deleted meanwhile; new text is kept in a conflict copy.",
    "session_erased": "The note was deleted for good meanwhile; the text is kept in a conflict copy.",
    "session_finalized": "The note was signed meanwhile; the text is kept in a conflict copy.",
    "stale_version": "The note has changed since; the text is kept in a conflict copy.",
    "text_split": "A text is longer than a note holds; it goes on in conflict copies.",
}


async def sync(items: Sequence[SyncItem], stub: SyncStub, context: RequestContext) -> list[dict[str, Any]]:
    """The results of the items, without those for which there was no time, or which failed and may be sent again.

    Raises what failed where there is no result at all.
    """
    digest = _digest(items) if context.idempotency_key else None
    results: list[dict[str, Any]] = []
    failures: list[Exception] = []
    in_succession = 0
    for number, item in enumerate(items):
        left = context.remaining() or 0.0
        if in_succession == _MOST_FAILURES or left < _SECONDS_LEFT:
            break
        message = to_proto(item, pb.SyncSessionRequest, batch_digest=digest)
        try:
            reply = await stub.SyncSession(message, _for_item(context, number, min(left, _SECONDS_EACH)))
        except Unavailable as failure:
            failures.append(failure)
            # Of one client's notes, who may be half of a merge for long: it says nothing of the next item.
            in_succession += failure.code != _MOVING
        except InternalFault:
            # What one item meets, a damaged note for instance, another need not; without a result it would be sent first each time.
            _log.warning("an item was not taken", extra={"request_id": context.request_id})
            results.append(_rejected(item, FAULT))
            in_succession = 0
        except Refusal as refusal:
            if refusal.code in _OF_THE_REQUEST:
                raise
            if not isinstance(refusal, _REJECTIONS) and refusal.code != _CLOSED:
                failures.append(refusal)
                break
            results.append(_rejected(item, refusal))
            in_succession = 0
        else:
            results.append(_taken(item, reply))
            in_succession = 0
    if not results:
        raise failures[0] if failures else deadline_exceeded()
    if failures:
        _log.warning("a batch was not taken whole", extra={"request_id": context.request_id, "failures": len(failures)})
    return results


def _for_item(context: RequestContext, number: int, seconds: float) -> RequestContext:
    """The context of one item's call. An Idempotency-Key becomes one for each item: it is kept with the effect that it belongs to."""
    key = context.idempotency_key
    each = f"{sha256(key.encode()).hexdigest()} {number}" if key else None
    return replace(context, idempotency_key=each, deadline=asyncio.get_running_loop().time() + seconds)


def _digest(items: Sequence[SyncItem]) -> bytes:
    return sha256(b"".join(dump(item.model_dump()) for item in items)).digest()


def _taken(item: SyncItem, reply: pb.SyncedSession) -> dict[str, Any]:
    told = render(reply)
    return {
        "client_session_id": item.client_session_id,
        "server_session_id": told["session_id"],
        "status": told["status"],
        "error": " ".join(SENTENCES[flag] for flag in reply.flags) or None,
        "conflict_session_id": told["conflict_session_id"],
        "code": None,
        "flags": told["flags"],
        "version": told["version"],
        "content_hash": content_hash(item),
    }


def _rejected(item: SyncItem, refusal: Refusal) -> dict[str, Any]:
    faults = "".join(f" {fault.pointer} {fault.detail}." for fault in refusal.faults)
    return {
        "client_session_id": item.client_session_id,
        "server_session_id": None,
        "status": "rejected",
        "error": refusal.message + faults,
        "conflict_session_id": None,
        "code": refusal.code,
        "flags": [],
        "version": None,
        "content_hash": content_hash(item),
    }


def content_hash(item: SyncItem) -> str:
    """SHA-256 of the texts as JSON: members in the order of their names, no space between them, null for a text that is not there."""
    return sha256(orjson.dumps({name: getattr(item, name) for name in TEXTS})).hexdigest()
