"""Statements that give appointments to another client. Row security limits every statement to the caller's workspace."""

from sqlalchemy import Integer, LargeBinary, Uuid, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from chassis.work.moves import Manifest
from scheduling.tables import appointments, client_figures, moved

MOVED = Manifest(moved)
_a = appointments.c
_client_id = bindparam("client_id", type_=Uuid)

state = query(select(client_figures.c.erased_at, client_figures.c.merged_into).where(client_figures.c.client_id == _client_id))

mark_merged = command(
    upsert(client_figures)
    .values(
        workspace_id=bindparam("workspace_id", type_=Uuid),
        client_id=_client_id,
        appointment_count=0,
        merged_into=bindparam("into", type_=Uuid),
    )
    .on_conflict_do_update(constraint="pk_client_figures", set_={"merged_into": bindparam("into", type_=Uuid)})
)
unmark = command(update(client_figures).where(client_figures.c.client_id == _client_id).values(merged_into=None))

# Deleted appointments too.
next_of_client = command(
    select(appointments).where(_a.client_id == _client_id).order_by(_a.id).limit(bindparam("limit", type_=Integer)).with_for_update()
)
lock = command(select(appointments).where(_a.id == bindparam("id", type_=Uuid)).with_for_update())

# Nothing else of it changes, so nobody has edited it.
give = command(
    update(appointments)
    .where(_a.id == bindparam("id", type_=Uuid))
    .values(
        client_id=_client_id,
        sealed=bindparam("sealed", type_=LargeBinary),
        deletion_reason=bindparam("deletion_reason", type_=LargeBinary),
        version=_a.version + 1,
    )
)
