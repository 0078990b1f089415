"""Statements on notes. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import ARRAY, Integer, Uuid, bindparam, delete, func, insert, literal, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from clinical.tables import (
    appointments,
    cosign_requests,
    cosignatures,
    erased_sessions,
    pending_amendments,
    session_counters,
    session_versions,
    sessions,
    sync_receipts,
    timeline_events,
)

_id = bindparam("id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)
_not_deleted = sessions.c.deleted_at.is_(None)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


_appointment = upsert(appointments).values(workspace_id=bindparam("workspace_id"), id=bindparam("appointment_id", type_=Uuid))

# Locks the appointment until the commit, and returns when it was deleted, if it was.
lock_appointment = command(
    _appointment.on_conflict_do_update(constraint="pk_appointments", set_={"deleted_at": appointments.c.deleted_at}).returning(
        appointments.c.deleted_at
    )
)

# Waits for notes that are being created for it.
mark_appointment_deleted = command(
    _appointment.values(deleted_at=bindparam("now")).on_conflict_do_update(
        constraint="pk_appointments", set_={"deleted_at": bindparam("now", type_=appointments.c.deleted_at.type)}
    )
)

create = command(
    insert(sessions)
    .values(
        status="draft",
        version=1,
        draft_last_saved_at=bindparam("now"),
        created_at=bindparam("now"),
        updated_at=bindparam("now"),
        **_named(
            "workspace_id",
            "id",
            "client_id",
            "appointment_id",
            "conflict_of",
            "conflict_base_version",
            "template_id",
            "signed_versions",
            "created_by_user_id",
            "sealed",
            "session_date",
            "duration_minutes",
        ),
    )
    .returning(sessions)
)

get = query(select(sessions).where(sessions.c.id == _id, _not_deleted))
get_with_deleted = query(select(sessions).where(sessions.c.id == _id))

# Locked until the commit, so that the second of two concurrent saves sees what the first has saved.
lock = command(select(sessions).where(sessions.c.id == _id, _not_deleted).with_for_update())

lock_with_deleted = command(select(sessions).where(sessions.c.id == _id).with_for_update())

_of_appointment = select(sessions).where(sessions.c.appointment_id == bindparam("appointment_id", type_=Uuid), _not_deleted)
of_appointment = query(_of_appointment)
lock_of_appointment = command(_of_appointment.with_for_update())

_rewritten = {"sealed": bindparam("sealed"), "version": sessions.c.version + 1, "updated_at": bindparam("now")}

detach = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(appointment_id=None, detached_version=sessions.c.version + 1, **_rewritten)
    .returning(sessions.c.id)
)

mark_deleted = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(deleted_at=bindparam("now"), **_named("deleted_by_user_id", "permanent_delete_after"), **_rewritten)
    .returning(sessions.c.status)
)

restore = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(
        deleted_at=None, deleted_by_user_id=None, permanent_delete_after=None, **_named("appointment_id", "detached_version"), **_rewritten
    )
    .returning(sessions)
)

# Lets its time be over at once.
end_grace = command(
    update(sessions).where(sessions.c.id == _id).values(permanent_delete_after=bindparam("now"), **_rewritten).returning(sessions.c.id)
)

is_erased = query(select(erased_sessions.c.erased_at).where(erased_sessions.c.id == _id))

# Null where scheduling has not told of the appointment.
appointment_deleted_at = query(select(appointments.c.deleted_at).where(appointments.c.id == bindparam("appointment_id", type_=Uuid)))

_saved = {**_named("sealed", "session_date", "duration_minutes"), "version": sessions.c.version + 1, "updated_at": bindparam("now")}

save = command(update(sessions).where(sessions.c.id == _id).values(draft_last_saved_at=bindparam("now"), **_saved).returning(sessions))

amend = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(amended_at=bindparam("now"), amendment_count=sessions.c.amendment_count + 1, signed_versions=bindparam("number"), **_saved)
    .returning(sessions)
)

finalize = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(
        status="finalized",
        finalized_at=bindparam("now"),
        finalized_by_user_id=bindparam("by"),
        signed_versions=bindparam("number"),
        **_rewritten,
    )
    .returning(sessions)
)

unfinalize = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(
        status="draft",
        finalized_at=None,
        finalized_by_user_id=None,
        draft_last_saved_at=bindparam("now"),
        signed_versions=bindparam("number"),
        **_rewritten,
    )
    .returning(sessions)
)

# Locked, because somebody may be working on a copy itself.
copies_of = command(
    select(sessions)
    .where(
        sessions.c.conflict_of == bindparam("original", type_=Uuid),
        sessions.c.created_by_user_id == bindparam("author", type_=Uuid),
        sessions.c.conflict_base_version == bindparam("base", type_=sessions.c.conflict_base_version.type),
        _not_deleted,
    )
    .order_by(sessions.c.id)
    .with_for_update()
)

# What saves of the author have taken out of a note is in copies that nobody has deleted: they were made so. The newest ones alone, so that a
# save takes as long whatever was taken out before. Locked as the copies above.
_displaced = (
    sessions.c.conflict_of == bindparam("original", type_=Uuid),
    sessions.c.created_by_user_id == bindparam("author", type_=Uuid),
    sessions.c.deleted_by_user_id.is_(None),
    sessions.c.permanent_delete_after > bindparam("now", type_=sessions.c.permanent_delete_after.type),
)
_newest_displaced = select(sessions.c.id).where(*_displaced).order_by(sessions.c.id.desc()).limit(literal_column("8"))
displaced_copies_of = command(
    select(sessions).where(*_displaced, sessions.c.id.in_(_newest_displaced)).order_by(sessions.c.id).with_for_update()
)

# Which of a note's copies have the rest of a text that was too long for it, as the items of devices say that brought them.
rests_of = query(
    select(sync_receipts.c.part_ids).where(
        sync_receipts.c.client_id == _client_id,
        sync_receipts.c.session_id == bindparam("original", type_=Uuid),
        sync_receipts.c.conflict_session_id.is_not(None),
    )
)

count_drafts = command(
    select(func.count().label("drafts"))
    .select_from(sessions)
    # Written out, so that a plan for all arguments can use the index on drafts.
    .where(sessions.c.status == literal_column("'draft'"), sessions.c.created_by_user_id == bindparam("user_id", type_=Uuid), _not_deleted)
)

latest_finalized = query(
    select(sessions)
    .where(sessions.c.client_id == _client_id, sessions.c.status == "finalized", _not_deleted)
    .order_by(sessions.c.session_date.desc(), sessions.c.id.desc())
    .limit(1)
)

add_version = command(
    insert(session_versions).values(
        **_named("workspace_id", "id", "session_id", "version_number", "sealed", "created_by_user_id", "created_at")
    )
)

_shown_before = session_versions.alias()
_last_shown = (
    select(_shown_before.c.version_number)
    .where(_shown_before.c.session_id == bindparam("session_id", type_=Uuid), _shown_before.c.id == bindparam("after", type_=Uuid))
    .scalar_subquery()
)
_of_note = session_versions.c.session_id == bindparam("session_id", type_=Uuid)
# A note and what waits of it; then its versions, each beside its co-signature, the oldest first and some at a time.
REQUEST_COLUMNS = {f"request_{column.name}": column.name for column in cosign_requests.c}
COSIGNATURE_COLUMNS = {f"cosignature_{column.name}": column.name for column in cosignatures.c}
to_verify = query(
    select(sessions, *(cosign_requests.c[name].label(label) for label, name in REQUEST_COLUMNS.items()))
    .outerjoin(cosign_requests, (cosign_requests.c.workspace_id == sessions.c.workspace_id) & (cosign_requests.c.id == sessions.c.id))
    .where(sessions.c.id == _id, _not_deleted)
)
versions_to_verify = query(
    select(session_versions, *(cosignatures.c[name].label(label) for label, name in COSIGNATURE_COLUMNS.items()))
    .outerjoin(
        cosignatures,
        (cosignatures.c.workspace_id == session_versions.c.workspace_id)
        & (cosignatures.c.session_id == session_versions.c.session_id)
        & (cosignatures.c.version_number == session_versions.c.version_number),
    )
    .where(_of_note, session_versions.c.version_number >= bindparam("first", type_=Integer))
    .order_by(session_versions.c.version_number)
    .limit(bindparam("limit"))
)
all_versions = query(select(session_versions).where(_of_note).order_by(session_versions.c.version_number))
versions = query(
    select(session_versions)
    .where(session_versions.c.session_id == bindparam("session_id", type_=Uuid))
    .where(session_versions.c.version_number < func.coalesce(_last_shown, literal(2**31 - 1, Integer)))
    .order_by(session_versions.c.version_number.desc())
    .limit(bindparam("limit"))
)

# --- counters

# How many notes of a status there are more, or fewer if negative.
change_counter = command(insert(session_counters.changes).values(**_named("workspace_id", "status", "live", "deleted")))

# --- timeline events

_event = upsert(timeline_events).values(**_named("workspace_id", "id", "session_id", "client_id", "appointment_id", "kind", "at"))
record_event = command(_event.on_conflict_do_update(constraint="pk_history", set_={"at": _event.excluded.at}))

detach_events = command(update(timeline_events).where(timeline_events.c.session_id == _id).values(appointment_id=None))

hide_events = command(update(timeline_events).where(timeline_events.c.session_id == _id).values(hidden=bindparam("hidden")))

_shown = (timeline_events.c.client_id == _client_id) & ~timeline_events.c.hidden
_events = select(timeline_events).where(_shown).order_by(timeline_events.c.at.desc(), timeline_events.c.id.desc()).limit(bindparam("limit"))
newest_events = query(_events)
events_before = query(
    _events.where(
        tuple_(timeline_events.c.at, timeline_events.c.id)
        < tuple_(bindparam("before", type_=timeline_events.c.at.type), bindparam("before_id", type_=Uuid))
    )
)

# --- pending amendments

_of_author = pending_amendments.c.user_id == bindparam("user_id", type_=Uuid)

status_of = query(select(sessions.c.status).where(sessions.c.id == _id, _not_deleted))

pending_amendments_of = query(
    select(pending_amendments, sessions.c.version, sessions.c.detached_version)
    .join(sessions, (sessions.c.workspace_id == pending_amendments.c.workspace_id) & (sessions.c.id == pending_amendments.c.session_id))
    .where(pending_amendments.c.session_id == func.any(bindparam("session_ids", type_=ARRAY(Uuid))), _of_author)
)

_pending = upsert(pending_amendments).values(
    **_named(
        "workspace_id",
        "session_id",
        "user_id",
        "fields",
        "sealed",
        "revision",
        "base_version",
        "session_date",
        "duration_minutes",
        "saved_at",
    )
)
save_pending_amendment = command(
    _pending.on_conflict_do_update(
        constraint="pk_pending_amendments",
        set_={
            name: _pending.excluded[name]
            for name in ("fields", "sealed", "revision", "base_version", "session_date", "duration_minutes", "saved_at")
        },
    )
)

delete_pending_amendment = command(
    delete(pending_amendments).where(pending_amendments.c.session_id == bindparam("session_id", type_=Uuid), _of_author)
)
