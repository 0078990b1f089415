"""Statements on attachments; their content is in the file store. Row security limits every one to the caller's workspace.

To avoid deadlocks, a transaction locks the note's row first and the storage last.
"""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, Uuid, any_, bindparam, cast, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from clinical.tables import attachments, sessions, storage_counters, storage_quotas

_id = bindparam("id", type_=Uuid)
_session_id = bindparam("session_id", type_=Uuid)
_one = (attachments.c.id == _id, attachments.c.session_id == _session_id)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


# Returns no row if there is no such note.
change_attachment_count = command(
    update(sessions)
    .where(sessions.c.id == _session_id, sessions.c.deleted_at.is_(None))
    .values(attachment_count=sessions.c.attachment_count + bindparam("change", type_=sessions.c.attachment_count.type))
    .returning(sessions.c.client_id, sessions.c.session_date)
)

# Of several uploads to one workspace only one decides at a time whether there is room for its file. Held until the commit.
lock_storage = command(select(func.pg_advisory_xact_lock(lock_number("storage", bindparam("workspace_id", type_=Uuid)))))
storage = query(select(cast(func.coalesce(func.sum(storage_counters.totals.c.used_bytes), 0), BigInteger).label("used_bytes")))
quota = query(select(storage_quotas.c.quota_bytes))
_set_quota = upsert(storage_quotas).values(
    workspace_id=bindparam("workspace_id", type_=Uuid),
    quota_bytes=bindparam("quota_bytes", type_=BigInteger),
    updated_at=bindparam("now", type_=storage_quotas.c.updated_at.type),
)
set_quota = command(
    _set_quota.on_conflict_do_update(
        constraint="pk_storage_quotas",
        set_={"quota_bytes": _set_quota.excluded.quota_bytes, "updated_at": _set_quota.excluded.updated_at},
    )
)
# How many bytes there are more, or fewer if negative.
change_storage = command(insert(storage_counters.changes).values(**_named("workspace_id", "used_bytes")))

add = command(
    insert(attachments)
    .values(
        version=1,
        status="ready",
        **_named(
            "workspace_id",
            "id",
            "session_id",
            "client_id",
            "created_by_user_id",
            "sealed",
            "file_type",
            "file_size_bytes",
            "scanned_at",
            "created_at",
        ),
    )
    .returning(attachments)
)

_with_date = select(attachments, sessions.c.session_date).join_from(
    attachments, sessions, (sessions.c.workspace_id == attachments.c.workspace_id) & (sessions.c.id == attachments.c.session_id)
)
_of_existing_note = _with_date.where(sessions.c.deleted_at.is_(None))

# A workspace may have files of clients and no notes.
is_known = query(select(or_(select(sessions.c.id).exists(), select(attachments.c.id).exists()).label("found")))

known = query(select(attachments.c.id).where(attachments.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

get = query(_of_existing_note.where(*_one))

# Their names are sealed, so that whether one is taken is found out by opening them.
all_of_session = query(_of_existing_note.where(attachments.c.session_id == _session_id))

of_session = query(
    # Ids begin with the time, so this is the order in which the files came.
    _of_existing_note.where(attachments.c.session_id == _session_id, attachments.c.id > bindparam("after", type_=Uuid))
    .order_by(attachments.c.id)
    .limit(bindparam("limit"))
)

_session = select(sessions.c.id, sessions.c.attachment_count).where(sessions.c.id == _session_id, sessions.c.deleted_at.is_(None))
number_of_session = query(_session)
lock_session = command(_session.with_for_update())

lock = command(_of_existing_note.where(*_one).with_for_update(of=attachments))

rename = command(update(attachments).where(attachments.c.id == _id).values(sealed=bindparam("sealed"), version=attachments.c.version + 1))

remove = command(
    delete(attachments)
    .where(*_one)
    .returning(attachments.c.id, attachments.c.version, attachments.c.file_size_bytes, attachments.c.client_id)
)

exists = query(select(func.count().label("found")).select_from(attachments).where(attachments.c.id == _id))
