"""The trail follows every service: whatever was done, read or refused arrives here."""

from audit.trail import rules, store
from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.errors import Conflict
from chassis.react import Delivery, on
from chassis.rows import enum_text, when


@on(events_pb2.AuditRecorded, queue="audit.record")
async def record(event: events_pb2.AuditRecorded, delivery: Delivery) -> None:
    """Keeps the line, once, and puts it in the queue for its seal."""
    created_at = when(event.occurred_at)
    resource_id = rules.identifier(event.resource_id)
    resource_ids = [each for each in map(rules.identifier, event.resource_ids) if each is not None]
    kept = await delivery.db.run(
        store.record,
        id=event.id,
        created_at=created_at,
        user_id=rules.identifier(event.user_id),
        event_type=event.event_type,
        resource_type=rules.RESOURCE_TYPES[enum_text(options_pb2.Resource, event.resource)],
        resource_id=resource_id,
        action=enum_text(options_pb2.Action, event.action).upper(),
        outcome=enum_text(events_pb2.Outcome, event.outcome),
        ip_address=rules.text(event.ip_address),
        user_agent=rules.text(event.user_agent),
        session_id=rules.identifier(event.session_id),
        metadata=rules.metadata(
            code=event.code,
            request_id=event.request_id,
            service=event.service,
            resource_ids=resource_ids,
            facts=event.facts,
        ),
        retention_until=rules.retention_until(created_at),
    )
    if not kept:
        return
    await delivery.db.run(store.touch, id=event.id, created_at=created_at, resource_ids=rules.touched(resource_id, resource_ids))
    if not await delivery.db.run(store.await_seal, id=event.id, created_at=created_at):
        # Sealed between our two statements, under another time: taken again, it is found to be told twice.
        raise Conflict("one_seal_per_event")
