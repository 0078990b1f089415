"""Statements that delete everything about one client, or one note. They need the eraser's role. Timeline events are deleted by cascade."""

from sqlalchemy import Integer, Uuid, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.db.statement import command, query
from chassis.rpc.server import idempotency
from clinical.tables import (
    attachments,
    clients,
    cosignatures,
    erased_sessions,
    measures,
    milestones,
    plan_versions,
    plans,
    session_versions,
    sessions,
)

_client_id = bindparam("client_id", type_=Uuid)

# Executed first: a note of this client that is being created is committed before this returns, or is refused after it.
erase = command(
    insert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=_client_id, erased_at=bindparam("now"))
    .on_conflict_do_update(constraint="pk_clients", set_={"erased_at": bindparam("now", type_=clients.c.erased_at.type)})
)

# Executed next, so that no file can be added to a note that is about to be deleted.
lock_notes = command(select(sessions.c.id).where(sessions.c.client_id == _client_id).order_by(sessions.c.id).with_for_update())

remove_attachments = command(
    delete(attachments)
    .where(attachments.c.client_id == _client_id)
    .returning(attachments.c.id, attachments.c.version, attachments.c.file_size_bytes)
)

# Before the versions they are about.
remove_cosignatures = command(
    delete(cosignatures)
    .where(cosignatures.c.session_id.in_(select(sessions.c.id).where(sessions.c.client_id == _client_id)))
    .returning(cosignatures.c.id, cosignatures.c.version_number)
)

# What waits for a co-signature is deleted by cascade.
remove_versions = command(
    delete(session_versions)
    .where(session_versions.c.session_id.in_(select(sessions.c.id).where(sessions.c.client_id == _client_id)))
    .returning(session_versions.c.id, session_versions.c.version_number)
)

remove_notes = command(
    delete(sessions)
    .where(sessions.c.client_id == _client_id)
    .returning(sessions.c.id, sessions.c.version, sessions.c.status, sessions.c.deleted_at)
)

# The plans, as the notes.
lock_plans = command(select(plans.c.id).where(plans.c.client_id == _client_id).order_by(plans.c.id).with_for_update())

_plan_ids = select(plans.c.id).where(plans.c.client_id == _client_id)

remove_measures = command(delete(measures).where(measures.c.plan_id.in_(_plan_ids)).returning(measures.c.id, measures.c.version))

remove_milestones = command(delete(milestones).where(milestones.c.plan_id.in_(_plan_ids)).returning(milestones.c.id, milestones.c.version))

remove_plan_versions = command(
    delete(plan_versions).where(plan_versions.c.plan_id.in_(_plan_ids)).returning(plan_versions.c.id, plan_versions.c.version_number)
)

remove_plans = command(
    delete(plans).where(plans.c.client_id == _client_id).returning(plans.c.id, plans.c.version, plans.c.status, plans.c.deleted_at)
)

_files = bindparam("ids", type_=clients.c.files_left.type)
leave_files = command(update(clients).where(clients.c.id == _client_id).values(files_left=func.array_cat(clients.c.files_left, _files)))
lock_client = command(select(clients.c.files_left).where(clients.c.id == _client_id).with_for_update())
keep_files_left = command(update(clients).where(clients.c.id == _client_id).values(files_left=_files))

# --- one note

_session_id = bindparam("session_id", type_=Uuid)
_over = sessions.c.deleted_at.is_not(None) & (sessions.c.permanent_delete_after <= bindparam("now", type_=sessions.c.deleted_at.type))

# Returns no row of a note that was restored meanwhile, or is erased already.
lock_note_that_is_over = command(select(sessions.c.id, sessions.c.client_id).where(sessions.c.id == _session_id, _over).with_for_update())

notes_that_are_over = query(
    select(sessions.c.id).where(_over).order_by(sessions.c.permanent_delete_after).limit(bindparam("limit", type_=Integer))
)

remove_attachments_of_note = command(
    delete(attachments)
    .where(attachments.c.session_id == _session_id)
    .returning(attachments.c.id, attachments.c.version, attachments.c.file_size_bytes)
)

remove_cosignatures_of_note = command(
    delete(cosignatures).where(cosignatures.c.session_id == _session_id).returning(cosignatures.c.id, cosignatures.c.version_number)
)

remove_versions_of_note = command(
    delete(session_versions)
    .where(session_versions.c.session_id == _session_id)
    .returning(session_versions.c.id, session_versions.c.version_number)
)

remove_note = command(
    delete(sessions)
    .where(sessions.c.id == _session_id)
    .returning(sessions.c.id, sessions.c.version, sessions.c.status, sessions.c.deleted_at)
)

remember = command(
    insert(erased_sessions)
    .values(workspace_id=bindparam("workspace_id"), id=_session_id, erased_at=bindparam("now"))
    .on_conflict_do_nothing(constraint="pk_erased_sessions")
)

forget_answers = idempotency.forget_answers("clinical")
