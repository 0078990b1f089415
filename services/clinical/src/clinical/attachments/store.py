"""Where attachments are kept but for their bytes. Row security confines every statement to the caller's workspace.

Whoever moves a session's or the workspace's figures locks the session first and the storage last.
"""

from typing import Any

from sqlalchemy import Uuid, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import statement
from clinical.tables import attachments, sessions, storage

_id = bindparam("id", type_=Uuid)
_session_id = bindparam("session_id", type_=Uuid)
_one = (attachments.c.id == _id, attachments.c.session_id == _session_id)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


# Also finds out whether there is such a note.
count_in_session = statement(
    update(sessions)
    .where(sessions.c.id == _session_id, sessions.c.deleted_at.is_(None))
    .values(attachment_count=sessions.c.attachment_count + bindparam("change", type_=sessions.c.attachment_count.type))
    .returning(sessions.c.client_id, sessions.c.session_date)
)

_used = upsert(storage).values(**_named("workspace_id", "used_bytes"))
use_storage = statement(
    _used.on_conflict_do_update(constraint="pk_storage", set_={"used_bytes": storage.c.used_bytes + _used.excluded.used_bytes}).returning(
        storage.c.used_bytes
    )
)

free_storage = statement(
    update(storage)
    .values(used_bytes=storage.c.used_bytes - bindparam("freed_bytes", type_=storage.c.used_bytes.type))
    .returning(storage.c.used_bytes)
)

add = statement(
    insert(attachments)
    .values(
        version=1,
        status="ready",
        **_named(
            "workspace_id", "id", "session_id", "client_id", "created_by_user_id", "sealed", "file_type", "file_size_bytes", "created_at"
        ),
    )
    .returning(attachments)
)

_with_date = select(attachments, sessions.c.session_date).join_from(
    attachments, sessions, (sessions.c.workspace_id == attachments.c.workspace_id) & (sessions.c.id == attachments.c.session_id)
)
_of_living_note = _with_date.where(sessions.c.deleted_at.is_(None))

get = statement(_of_living_note.where(*_one))

of_session = statement(_of_living_note.where(attachments.c.session_id == _session_id).order_by(attachments.c.created_at, attachments.c.id))

_session = select(sessions.c.id).where(sessions.c.id == _session_id, sessions.c.deleted_at.is_(None))
has_session = statement(_session)
lock_session = statement(_session.with_for_update())

lock = statement(_of_living_note.where(*_one).with_for_update(of=attachments))

rename = statement(update(attachments).where(attachments.c.id == _id).values(sealed=bindparam("sealed"), version=attachments.c.version + 1))

remove = statement(delete(attachments).where(*_one).returning(attachments.c.id, attachments.c.file_size_bytes))

exists = statement(select(func.count().label("found")).select_from(attachments).where(attachments.c.id == _id))
