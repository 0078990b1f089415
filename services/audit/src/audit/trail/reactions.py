"""Records the audit events of every service: what was done, read or refused."""

from collections.abc import Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from audit.retention.period import years_kept
from audit.trail import proofs, rules, store, vocabulary
from caseload.audit.v1 import events_pb2
from chassis.encryption.key_store import Keys
from chassis.errors import Conflict
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on_many
from chassis.protobuf.timestamps import to_datetime
from chassis.turns import in_turns


def reactions(keys: Keys) -> Sequence[Reaction]:
    @on_many(events_pb2.AuditRecorded, queue="audit.record", of_erased=True)
    async def record(events: Sequence[events_pb2.AuditRecorded], delivery: Delivery) -> None:
        """Stores each event once, with the entities it was about, and queues it for the chain with its proof. Raises Conflict: see below."""
        workspace_keys = await keys.of(delivery.workspace_id)
        years = await years_kept(delivery.db)
        rows: dict[UUID, dict[str, Any]] = {}
        entities: dict[UUID, list[str]] = {}
        for event in events:
            if (event_id := UUID(event.id)) not in rows:
                rows[event_id], entities[event_id] = await _row(event, delivery.announced_by, years)
        recorded = [row["id"] for row in await delivery.db.all(store.record, **_columns(list(rows.values())))]
        if not recorded:
            return
        times = [rows[event_id]["created_at"] for event_id in recorded]
        named = [entities[event_id] for event_id in recorded]
        if any(named):
            places = [place for place, each in enumerate(named, 1) for _ in each]
            await delivery.db.run(
                store.record_entities, resource_ids=list(chain.from_iterable(named)), places=places, times=times, ids=recorded
            )
        proven = await in_turns(
            proofs.of_event({"workspace_id": delivery.workspace_id, **rows[event_id]}, workspace_keys) for event_id in recorded
        )
        if await delivery.db.run(store.add_waiting, ids=recorded, times=times, proofs=proven) != len(recorded):
            # The same event with another time entered the chain between our two statements. The retry finds it recorded.
            raise Conflict("one_seal_per_event")

    return [record]


async def _row(event: events_pb2.AuditRecorded, recorded_by: str, years: int) -> tuple[dict[str, Any], list[str]]:
    """The event's row, and the ids of the entities it was about. A list may name thousands, which is done in turns."""
    created_at = to_datetime(event.occurred_at)
    resource_id = rules.identifier(event.resource_id)
    resource_ids, client_ids = rules.identifiers(event.resource_ids), rules.identifiers(event.client_ids)
    row = {
        "id": UUID(event.id),
        "created_at": created_at,
        "user_id": rules.identifier(event.user_id),
        "event_type": event.event_type,
        "resource_type": vocabulary.word(vocabulary.RESOURCE_WORDS, event.resource),
        "resource_id": resource_id,
        "action": vocabulary.word(vocabulary.ACTION_WORDS, event.action),
        "outcome": vocabulary.word(vocabulary.OUTCOME_WORDS, event.outcome),
        "ip_address": rules.storable_text(event.ip_address),
        "user_agent": rules.storable_text(event.user_agent),
        "session_id": rules.identifier(event.session_id),
        "metadata": rules.metadata(
            code=event.code,
            request_id=event.request_id,
            service=event.service,
            resource_ids=resource_ids,
            facts=event.facts,
            records=[_digest(digest) for digest in event.records],
            client_ids=client_ids,
        )
        # By its signature, whatever it says itself: a service that was taken over cannot speak for another.
        | ({"recorded_by": recorded_by} if recorded_by else {}),
        "retention_until": rules.retention_until(created_at, years),
    }
    return row, rules.event_entities(resource_id, [*resource_ids, *await in_turns(map(rules.record_of, client_ids))])


def _digest(record: events_pb2.RecordDigest) -> dict[str, Any]:
    return {"table": record.table, "id": record.record_id, "revision": record.revision, "digest": record.digest.hex()}


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """The rows transposed: a list of values per column name."""
    return {name: [row[name] for row in rows] for name in rows[0]}
