"""Statements that give what clinical has of a client to another. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, BigInteger, Integer, LargeBinary, Table, Text, Uuid, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import Statement, command, query
from chassis.work.moves import Manifest
from clinical.tables import attachments, clients, moved, plan_events, plans, sessions, sync_receipts, timeline_events

MOVED = Manifest(moved)
_id = bindparam("id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)
_limit = bindparam("limit", type_=Integer)

# Each locks the client's row until the commit: a note that is being written is there before, or refused after.
mark_merged = command(
    upsert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=_id, merged_into=bindparam("into", type_=Uuid))
    .on_conflict_do_update(constraint="pk_clients", set_={"merged_into": bindparam("into", type_=Uuid)})
)
unmark = command(
    upsert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=_id)
    .on_conflict_do_update(constraint="pk_clients", set_={"merged_into": None})
)


def _next(table: Table) -> Statement:
    """The client's next rows, deleted ones too."""
    return command(select(table).where(table.c.client_id == _client_id).order_by(table.c.id).limit(_limit).with_for_update())


def _lock(table: Table) -> Statement:
    return command(select(table).where(table.c.id == _id).with_for_update())


next_note, lock_note = _next(sessions), _lock(sessions)
next_file, lock_file = _next(attachments), _lock(attachments)
next_plan, lock_plan = _next(plans), _lock(plans)

files_of_note = command(select(attachments).where(attachments.c.session_id == _id).order_by(attachments.c.id).with_for_update())

# What these change of a row is whose it is, and nothing that anybody has written.
give_note = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(
        client_id=_client_id,
        sealed=bindparam("sealed", type_=LargeBinary),
        version=sessions.c.version + 1,
        detached_version=bindparam("detached_version", type_=BigInteger),
        signed_for=bindparam("signed_for", type_=Text),
    )
)
give_events_of_note = command(update(timeline_events).where(timeline_events.c.session_id == _id).values(client_id=_client_id))
give_file = command(
    update(attachments)
    .where(attachments.c.id == _id)
    .values(client_id=_client_id, sealed=bindparam("sealed", type_=LargeBinary), version=attachments.c.version + 1)
)
give_plan = command(
    update(plans)
    .where(plans.c.id == _id)
    .values(client_id=_client_id, sealed=bindparam("sealed", type_=LargeBinary), version=plans.c.version + 1)
)
give_events_of_plan = command(update(plan_events).where(plan_events.c.plan_id == _id).values(client_id=_client_id))

_of_client = select(sync_receipts.c.id).where(sync_receipts.c.client_id == _client_id).order_by(sync_receipts.c.id).limit(_limit)
next_receipts = query(_of_client)
give_receipts = command(
    update(sync_receipts)
    .where(sync_receipts.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), sync_receipts.c.client_id == bindparam("from_id", type_=Uuid))
    .values(client_id=bindparam("to_id", type_=Uuid))
    .returning(sync_receipts.c.id)
)
