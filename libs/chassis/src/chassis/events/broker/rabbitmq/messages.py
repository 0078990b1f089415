"""How envelopes become RabbitMQ messages: queue names, queue arguments and headers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage
from google.protobuf.message import DecodeError

from caseload.transport.v1 import parcel_pb2
from chassis.errors import Invalid
from chassis.events.broker.errors import Malformed
from chassis.events.broker.retry import DeliveryCount
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.work.envelope import Envelope

EVENTS = "caseload.events"
_EVENT = "application/x-protobuf"
_PARCEL = "application/x-protobuf; messageType=caseload.transport.v1.Parcel"
# Redeliveries of one message before the broker itself gives it up: only a consumer that dies with it comes this far.
_DELIVERY_LIMIT = 20
# Dead letters are looked at any number of times. Explicit, because newer brokers give every quorum queue a limit.
_NO_LIMIT = 1_000_000
# From queue to queue within the broker a message is handed over with confirms too, which needs reject-publish.
_SAFE_HANDOVER = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}


def announcements(account: str) -> str:
    """The exchange that an account publishes to where an installation has accounts. It leads to EVENTS, for the account's own types only."""
    return f"{EVENTS}.{account}"


def dead_queue(queue: str) -> str:
    return f"{queue}.dead"


def delay_queue(queue: str, delay: float) -> str:
    return f"{queue}.delay.{round(delay * 1000)}ms"


def own_exchange(queue: str) -> str:
    """The exchange by which messages go from queue to queue of one service. Nobody else may publish to it.

    A queue's name begins with its service's. RabbitMQ's default exchange would lead to the queues of every service.
    """
    return f"{queue.partition('.')[0]}.direct"


def queue_arguments(queue: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": _DELIVERY_LIMIT,
        "x-dead-letter-exchange": own_exchange(queue),
        "x-dead-letter-routing-key": dead_queue(queue),
        **_SAFE_HANDOVER,
    }


def delay_arguments(queue: str, delay: float) -> dict[str, Any]:
    """A queue nobody takes from: when a message's time is over it is moved to `queue`, and to no other."""
    return {
        "x-queue-type": "quorum",
        "x-message-ttl": round(delay * 1000),
        "x-dead-letter-exchange": own_exchange(queue),
        "x-dead-letter-routing-key": queue,
        **_SAFE_HANDOVER,
    }


def dead_arguments() -> dict[str, Any]:
    return {"x-queue-type": "quorum", "x-delivery-limit": _NO_LIMIT}


def message(envelope: Envelope, count: DeliveryCount | None = None, *, error: str = "") -> Message:
    """The event's bytes, persistent; the rest in headers. What died carries a kind and a code, never an error's own words."""
    count = count or DeliveryCount()
    headers: dict[str, Any] = {
        "event-id": str(envelope.id),
        "workspace-id": str(envelope.workspace_id),
        "occurred-at": envelope.occurred_at.isoformat(),
        "request-id": envelope.request_id,
        "traceparent": envelope.traceparent,
        # AMQP's own type for bytes; aiormq knows it by this class alone.
        "signature": bytearray(envelope.signature),
        "x-attempt": count.attempt,
        "x-waits": count.unavailable,
    }
    if error:
        headers["x-error"] = error
    return Message(
        envelope.payload,
        headers=headers,
        type=envelope.type,
        content_type=_EVENT,
        timestamp=datetime.now(UTC),
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def read(incoming: AbstractIncomingMessage) -> tuple[Envelope, DeliveryCount]:
    """The envelope of a message and how often it has been tried; Malformed when it is not one of ours."""
    headers = incoming.headers
    try:
        envelope = Envelope(
            id=UUID(str(headers["event-id"])),
            workspace_id=UUID(str(headers["workspace-id"])),
            type=str(incoming.type),
            payload=incoming.body,
            occurred_at=datetime.fromisoformat(str(headers["occurred-at"])),
            request_id=str(headers.get("request-id", "")),
            traceparent=str(headers.get("traceparent", "")),
            signature=_binary(headers.get("signature", b"")),
        )
        count = DeliveryCount(int(str(headers.get("x-attempt", 1))), int(str(headers.get("x-waits", 0))))
    except (KeyError, ValueError) as wrong:
        raise Malformed from wrong
    return envelope, count


def parcel(envelopes: Sequence[Envelope]) -> Message:
    """Several events of one type as one message; one alone goes without wrapping."""
    if len(envelopes) == 1:
        return message(envelopes[0])
    events = [
        parcel_pb2.ParcelEvent(
            id=envelope.id.bytes,
            workspace_id=envelope.workspace_id.bytes,
            payload=envelope.payload,
            occurred_at=to_timestamp(envelope.occurred_at),
            request_id=envelope.request_id,
            traceparent=envelope.traceparent,
            signature=envelope.signature,
        )
        for envelope in envelopes
    ]
    return Message(
        parcel_pb2.Parcel(events=events).SerializeToString(),
        type=envelopes[0].type,
        content_type=_PARCEL,
        timestamp=datetime.now(UTC),
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def hint(workspace_id: UUID) -> Message:
    """Says which workspace to look at. Whoever does not listen at this moment need not hear of it later."""
    return Message(b"", headers={"workspace-id": str(workspace_id)}, delivery_mode=DeliveryMode.NOT_PERSISTENT)


def hinted(incoming: AbstractIncomingMessage) -> UUID:
    """The workspace to look at; Malformed when it is no hint."""
    try:
        return UUID(str(incoming.headers["workspace-id"]))
    except (KeyError, ValueError) as wrong:
        raise Malformed from wrong


def is_parcel(incoming: AbstractIncomingMessage) -> bool:
    return incoming.content_type == _PARCEL


def unpack(incoming: AbstractIncomingMessage) -> list[Envelope]:
    """The events of a parcel; Malformed when it is not one of ours."""
    try:
        return [
            Envelope(
                id=UUID(bytes=event.id),
                workspace_id=UUID(bytes=event.workspace_id),
                type=str(incoming.type),
                payload=event.payload,
                occurred_at=to_datetime(event.occurred_at),
                request_id=event.request_id,
                traceparent=event.traceparent,
                signature=event.signature,
            )
            for event in parcel_pb2.Parcel.FromString(incoming.body).events
        ]
    except (DecodeError, ValueError, Invalid) as wrong:
        raise Malformed from wrong


def read_all(incoming: AbstractIncomingMessage) -> list[tuple[Envelope, DeliveryCount]]:
    """Every event of a message, however many it carries."""
    return [(envelope, DeliveryCount()) for envelope in unpack(incoming)] if is_parcel(incoming) else [read(incoming)]


def _binary(value: object) -> bytes:
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    raise Malformed


def error_of(incoming: AbstractIncomingMessage) -> str:
    """Why a message is in a dead queue."""
    if "x-error" in incoming.headers:
        return str(incoming.headers["x-error"])
    # Moved here by the broker: its consumers died with it too often.
    return "delivery_limit"
