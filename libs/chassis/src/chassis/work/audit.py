"""The lines that a piece of work leaves in the audit trail."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.errors import Refusal
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork

_LONGEST_USER_AGENT = 300
_MOST_IDS = 500


def audit_line(
    work: UnitOfWork,
    event_type: str,
    resource: options_pb2.Resource,
    action: options_pb2.Action,
    ids: Sequence[str],
    *,
    facts: Mapping[str, str],
    client_ids: Iterable[str] = (),
    refusal: Refusal | None = None,
) -> events_pb2.AuditRecorded:
    """What the trail is to keep of this work. Without a user, the acting service is the one that works.

    `client_ids` are the clients whose things the ids are; one may also be a fact.
    """
    caller = work.caller
    told = {client_id: None for client_id in (*client_ids, facts.get("client_id", "")) if client_id and client_id not in ids}
    return events_pb2.AuditRecorded(
        id=str(uuid7()),
        workspace_id=str(work.workspace_id),
        user_id=None if caller.user_id is None else str(caller.user_id),
        service=caller.service,
        event_type=event_type,
        resource=resource,
        action=action,
        resource_id=ids[0] if len(ids) == 1 else None,
        resource_ids=ids if len(ids) > 1 else (),
        outcome=events_pb2.OUTCOME_SUCCESS if refusal is None else events_pb2.OUTCOME_FAILURE,
        code=None if refusal is None else refusal.code,
        ip_address=work.context.ip_address,
        user_agent=work.context.user_agent[:_LONGEST_USER_AGENT] if work.context.user_agent else None,
        session_id=None if caller.session_id is None else str(caller.session_id),
        request_id=work.context.request_id,
        facts=facts,
        occurred_at=to_timestamp(work.now),
        records=_records(work),
        client_ids=told,
    )


def _records(work: UnitOfWork) -> list[events_pb2.RecordDigest]:
    """The records that were written since the line before."""
    written, work.records = work.records, {}
    return [
        events_pb2.RecordDigest(table=table, record_id=row, revision=revision, digest=digest)
        for (table, row), (revision, digest) in written.items()
    ]


def record_effect(
    work: UnitOfWork,
    event_type: str,
    resource: options_pb2.Resource,
    action: options_pb2.Action,
    ids: Iterable[UUID | str],
    **facts: Any,
) -> None:
    """Records what a reaction or a background task did to these resources, in the effect's own transaction.

    Calls have their line from what their method declares; this is for work that nobody called. The line names the service as the
    one that acted, and the request that caused it. Many ids are spread over several lines; no ids leave none.
    """
    touched = [str(id_) for id_ in ids]
    told = {name: str(fact) for name, fact in facts.items()}
    for start in range(0, len(touched), _MOST_IDS):
        work.emit(audit_line(work, event_type, resource, action, touched[start : start + _MOST_IDS], facts=told))
