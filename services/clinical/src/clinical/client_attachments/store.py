"""Statements on all files of a client. Row security limits every one to the caller's workspace.

To avoid deadlocks, a transaction locks the client's or the note's row first and the storage last.
"""

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, func, or_, select

from chassis.db.statement import command, query
from clinical.tables import attachments, sessions

_client_id = bindparam("client_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)

_with_date = (
    select(attachments, sessions.c.session_date)
    .join_from(
        attachments,
        sessions,
        (sessions.c.workspace_id == attachments.c.workspace_id) & (sessions.c.id == attachments.c.session_id),
        isouter=True,
    )
    # The files of a deleted note are deleted with it.
    .where(attachments.c.client_id == _client_id, or_(attachments.c.session_id.is_(None), sessions.c.deleted_at.is_(None)))
)

of_client = query(
    # Ids begin with the time, so this is the order in which the files came.
    _with_date.where(attachments.c.id > bindparam("after", type_=Uuid)).order_by(attachments.c.id).limit(bindparam("limit"))
)
count = query(select(func.count().label("total")).select_from(_with_date.subquery()))
get = query(_with_date.where(attachments.c.id == _id))
lock = command(_with_date.where(attachments.c.id == _id).with_for_update(of=attachments))
chosen = query(_with_date.where(attachments.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))
# Their names are sealed, so that whether one is taken is found out by opening them.
all_own = query(_with_date.where(attachments.c.session_id.is_(None)))

remove_own = command(
    delete(attachments)
    .where(attachments.c.id == _id, attachments.c.client_id == _client_id, attachments.c.session_id.is_(None))
    .returning(attachments.c.id, attachments.c.version, attachments.c.file_size_bytes, attachments.c.client_id)
)
