"""Statements on notes. Row security limits every one to the caller's workspace."""

from functools import cache
from typing import Any

from sqlalchemy import Select, Uuid, bindparam, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import Statement, command, query
from clinical.tables import clients, session_counters, session_versions, sessions, timeline_events

_id = bindparam("id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)
_not_deleted = sessions.c.deleted_at.is_(None)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


# Locks the client until the commit, and returns when it was erased, if it was.
lock_client = command(
    upsert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=_client_id)
    .on_conflict_do_update(constraint="pk_clients", set_={"erased_at": clients.c.erased_at})
    .returning(clients.c.erased_at)
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
            "created_by_user_id",
            "sealed",
            "session_date",
            "duration_minutes",
        ),
    )
    .returning(sessions)
)

get = query(select(sessions).where(sessions.c.id == _id, _not_deleted))

# Locked until the commit, so that the second of two concurrent saves sees what the first has saved.
lock = command(select(sessions).where(sessions.c.id == _id, _not_deleted).with_for_update())

_saved = {**_named("sealed", "session_date", "duration_minutes"), "version": sessions.c.version + 1, "updated_at": bindparam("now")}

save = command(update(sessions).where(sessions.c.id == _id).values(draft_last_saved_at=bindparam("now"), **_saved).returning(sessions))

amend = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(amended_at=bindparam("now"), amendment_count=sessions.c.amendment_count + 1, **_saved)
    .returning(sessions)
)

finalize = command(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(
        status="finalized",
        finalized_at=bindparam("now"),
        finalized_by_user_id=bindparam("by"),
        sealed=bindparam("sealed"),
        version=sessions.c.version + 1,
        updated_at=bindparam("now"),
    )
    .returning(sessions)
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

versions = query(
    select(session_versions)
    .where(session_versions.c.session_id == bindparam("session_id", type_=Uuid))
    .order_by(session_versions.c.version_number.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)

# --- lists


@cache
def page(*, of_client: bool, of_appointment: bool, statuses: str, with_deleted: bool) -> Statement:
    """A page of notes, newest first. Each combination of filters is a statement of its own, so that it can use its own index.

    `statuses` is "any", "one" (the parameter `status`) or "signed".
    """
    filtered = _filtered(select(sessions), of_client=of_client, of_appointment=of_appointment, statuses=statuses, with_deleted=with_deleted)
    in_order = filtered.order_by(sessions.c.session_date.desc(), sessions.c.id.desc())
    return query(in_order.limit(bindparam("limit")).offset(bindparam("offset")))


@cache
def count(*, of_client: bool, of_appointment: bool, statuses: str, with_deleted: bool) -> Statement:
    """The number of notes on all pages: counted for one client or appointment, read from the counters for a workspace."""
    if of_client or of_appointment:
        return query(
            _filtered(
                select(func.count().label("total")).select_from(sessions),
                of_client=of_client,
                of_appointment=of_appointment,
                statuses=statuses,
                with_deleted=with_deleted,
            )
        )
    number = session_counters.c.live + session_counters.c.deleted if with_deleted else session_counters.c.live
    total = select(func.coalesce(func.sum(number), 0).label("total"))
    if statuses == "one":
        return query(total.where(session_counters.c.status == bindparam("status")))
    if statuses == "signed":
        return query(total.where(session_counters.c.status != "draft"))
    return query(total)


def _filtered(query: Select[Any], *, of_client: bool, of_appointment: bool, statuses: str, with_deleted: bool) -> Select[Any]:
    if of_client:
        query = query.where(sessions.c.client_id == _client_id)
    if of_appointment:
        query = query.where(sessions.c.appointment_id == bindparam("appointment_id", type_=Uuid))
    if statuses == "one":
        query = query.where(sessions.c.status == bindparam("status"))
    if statuses == "signed":
        query = query.where(sessions.c.status != "draft")
    return query if with_deleted else query.where(_not_deleted)


# All writers of a workspace update the same row per status, so this is the last statement of a call.
increment_counter = command(
    upsert(session_counters)
    .values(live=1, deleted=0, **_named("workspace_id", "status"))
    .on_conflict_do_update(constraint="pk_tallies", set_={"live": session_counters.c.live + 1})
)
decrement_counter = command(
    update(session_counters)
    .where(session_counters.c.status == bindparam("of_status", type_=session_counters.c.status.type))
    .values(
        live=session_counters.c.live - bindparam("live", type_=session_counters.c.live.type),
        deleted=session_counters.c.deleted - bindparam("deleted", type_=session_counters.c.deleted.type),
    )
    .returning(session_counters.c.status)
)

# --- timeline events

_event = upsert(timeline_events).values(**_named("workspace_id", "id", "session_id", "client_id", "appointment_id", "kind", "at"))
record_event = command(_event.on_conflict_do_update(constraint="pk_history", set_={"at": _event.excluded.at}))

_events = (
    select(timeline_events)
    .where(timeline_events.c.client_id == _client_id)
    .order_by(timeline_events.c.at.desc(), timeline_events.c.id.desc())
    .limit(bindparam("limit"))
)
newest_events = query(_events)
events_before = query(
    _events.where(
        tuple_(timeline_events.c.at, timeline_events.c.id)
        < tuple_(bindparam("before", type_=timeline_events.c.at.type), bindparam("before_id", type_=Uuid))
    )
)
count_events = query(select(func.count().label("total")).select_from(timeline_events).where(timeline_events.c.client_id == _client_id))
