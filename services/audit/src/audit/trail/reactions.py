"""The trail follows every service: whatever was done, read or refused arrives here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from audit.trail import rules, store
from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.errors import Conflict
from chassis.events.delivery import Delivery
from chassis.events.handlers import on_many
from chassis.protobuf.enums import enum_text
from chassis.protobuf.timestamps import when


@on_many(events_pb2.AuditRecorded, queue="audit.record")
async def record(events: Sequence[events_pb2.AuditRecorded], delivery: Delivery) -> None:
    """Keeps the lines, each once, and puts them in the queue for their seals."""
    lines: dict[UUID, dict[str, Any]] = {}
    touched: dict[UUID, list[str]] = {}
    for event in events:
        line, touched_by_it = _line(event)
        lines.setdefault(line["id"], line)
        touched.setdefault(line["id"], touched_by_it)
    kept = [row["id"] for row in await delivery.db.all(store.record, **_columns(list(lines.values())))]
    if not kept:
        return
    times = [lines[event_id]["created_at"] for event_id in kept]
    if touches := [(resource_id, time, event_id) for event_id, time in zip(kept, times, strict=True) for resource_id in touched[event_id]]:
        resource_ids, moments, ids = map(list, zip(*touches, strict=True))
        await delivery.db.run(store.touch, resource_ids=resource_ids, times=moments, ids=ids)
    if await delivery.db.run(store.await_seal, ids=kept, times=times) != len(kept):
        # Sealed between our two statements, under another time: taken again, it is found to be told twice.
        raise Conflict("one_seal_per_event")


def _line(event: events_pb2.AuditRecorded) -> tuple[dict[str, Any], list[str]]:
    """The event's row, and everything it touched."""
    created_at = when(event.occurred_at)
    resource_id = rules.identifier(event.resource_id)
    resource_ids = [each for each in map(rules.identifier, event.resource_ids) if each is not None]
    line = {
        "id": UUID(event.id),
        "created_at": created_at,
        "user_id": rules.identifier(event.user_id),
        "event_type": event.event_type,
        "resource_type": rules.RESOURCE_TYPES[enum_text(options_pb2.Resource, event.resource)],
        "resource_id": resource_id,
        "action": enum_text(options_pb2.Action, event.action).upper(),
        "outcome": enum_text(events_pb2.Outcome, event.outcome),
        "ip_address": rules.text(event.ip_address),
        "user_agent": rules.text(event.user_agent),
        "session_id": rules.identifier(event.session_id),
        "metadata": rules.metadata(
            code=event.code,
            request_id=event.request_id,
            service=event.service,
            resource_ids=resource_ids,
            facts=event.facts,
        ),
        "retention_until": rules.retention_until(created_at),
    }
    return line, rules.touched(resource_id, resource_ids)


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """The rows turned on their side: a list of values for each name."""
    return {name: [row[name] for row in rows] for name in rows[0]}
