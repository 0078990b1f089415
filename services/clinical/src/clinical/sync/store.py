"""Statements on receipts. Row security limits every one to the caller's workspace."""

from sqlalchemy import Boolean, LargeBinary, Text, Uuid, bindparam, delete, func, insert, select

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from clinical.tables import sessions, sync_receipts

_r = sync_receipts.c
_of_note = (_r.user_id == bindparam("user_id", type_=Uuid)) & (_r.note_key == bindparam("note_key", type_=LargeBinary))
_of_device = _of_note & (_r.device_id == bindparam("device_id", type_=Uuid))

# Items of one user's note come one after the other, whichever device they come from.
lock = command(select(func.pg_advisory_xact_lock(lock_number("sync", bindparam("note", type_=Text)))))

# The receipt of this very item: the device's own, else that of a sign-in before.
same_item = query(
    select(sync_receipts)
    .where(_of_note, _r.item_digest == bindparam("item_digest", type_=LargeBinary))
    .order_by((_r.device_id == bindparam("device_id", type_=Uuid)).desc(), _r.id)
    .limit(1)
)

# The note that the device calls by this id.
known = query(select(_r.session_id).where(_of_device).limit(1))

# The notes of a client that the user's devices have called so in any sign-in, with the versions that their items made.
known_elsewhere = query(select(_r.session_id, _r.version).where(_of_note, _r.client_id == bindparam("client_id", type_=Uuid)).distinct())

# The versions that items made of the note, after one, and when those were written: from whichever sign-in they came, or from one alone.
versions_made = query(
    select(_r.made_version, _r.written_at).where(
        _of_note,
        bindparam("any_sign_in", type_=Boolean) | (_r.device_id == bindparam("device_id", type_=Uuid)),
        _r.session_id == bindparam("session_id", type_=Uuid),
        _r.made_version > bindparam("base", type_=_r.made_version.type),
    )
)

add = command(
    insert(sync_receipts).values(
        **{column.name: bindparam(column.name, type_=column.type) for column in sync_receipts.columns},
    )
)

# Whether a client has any note.
has_notes = query(select(sessions.c.id).where(sessions.c.client_id == bindparam("client_id", type_=Uuid)).limit(1))

forget_client = command(delete(sync_receipts).where(_r.client_id == bindparam("client_id", type_=Uuid)))
