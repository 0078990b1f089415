"""Where notes are kept. Row security confines every statement to the caller's workspace."""

from functools import cache
from typing import Any

from sqlalchemy import Select, Uuid, bindparam, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import Statement, statement
from clinical.tables import clients, history, session_versions, sessions, tallies

_id = bindparam("id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)
_alive = sessions.c.deleted_at.is_(None)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


# Whether the client was erased; from here to the commit nobody erases it.
admit = statement(
    upsert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=_client_id)
    .on_conflict_do_update(constraint="pk_clients", set_={"erased_at": clients.c.erased_at})
    .returning(clients.c.erased_at)
)

create = statement(
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

get = statement(select(sessions).where(sessions.c.id == _id, _alive))

# The row is the caller's from here to the commit: of two savers the second sees what the first has saved.
lock = statement(select(sessions).where(sessions.c.id == _id, _alive).with_for_update())

_saved = {**_named("sealed", "session_date", "duration_minutes"), "version": sessions.c.version + 1, "updated_at": bindparam("now")}

save = statement(update(sessions).where(sessions.c.id == _id).values(draft_last_saved_at=bindparam("now"), **_saved).returning(sessions))

amend = statement(
    update(sessions)
    .where(sessions.c.id == _id)
    .values(amended_at=bindparam("now"), amendment_count=sessions.c.amendment_count + 1, **_saved)
    .returning(sessions)
)

finalize = statement(
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

latest_finalized = statement(
    select(sessions)
    .where(sessions.c.client_id == _client_id, sessions.c.status == "finalized", _alive)
    .order_by(sessions.c.session_date.desc(), sessions.c.id.desc())
    .limit(1)
)

add_version = statement(
    insert(session_versions).values(
        **_named("workspace_id", "id", "session_id", "version_number", "sealed", "created_by_user_id", "created_at")
    )
)

versions = statement(
    select(session_versions)
    .where(session_versions.c.session_id == bindparam("session_id", type_=Uuid))
    .order_by(session_versions.c.version_number.desc())
)

# --- lists


@cache
def page(*, of_client: bool, of_appointment: bool, wanted: str, with_deleted: bool) -> Statement:
    """The notes of one page, newest first. Each combination of filters is a statement of its own, so each has its index.

    `wanted` is any, one (status) or signed.
    """
    chosen = _filtered(select(sessions), of_client=of_client, of_appointment=of_appointment, wanted=wanted, with_deleted=with_deleted)
    in_order = chosen.order_by(sessions.c.session_date.desc(), sessions.c.id.desc())
    return statement(in_order.limit(bindparam("limit")).offset(bindparam("offset")))


@cache
def count(*, of_client: bool, of_appointment: bool, wanted: str, with_deleted: bool) -> Statement:
    """How many notes there are on all pages: counted for one client or appointment, kept for a whole workspace."""
    if of_client or of_appointment:
        return statement(
            _filtered(
                select(func.count().label("total")).select_from(sessions),
                of_client=of_client,
                of_appointment=of_appointment,
                wanted=wanted,
                with_deleted=with_deleted,
            )
        )
    kept = tallies.c.live + tallies.c.deleted if with_deleted else tallies.c.live
    total = select(func.coalesce(func.sum(kept), 0).label("total"))
    if wanted == "one":
        return statement(total.where(tallies.c.status == bindparam("status")))
    if wanted == "signed":
        return statement(total.where(tallies.c.status != "draft"))
    return statement(total)


def _filtered(query: Select[Any], *, of_client: bool, of_appointment: bool, wanted: str, with_deleted: bool) -> Select[Any]:
    if of_client:
        query = query.where(sessions.c.client_id == _client_id)
    if of_appointment:
        query = query.where(sessions.c.appointment_id == bindparam("appointment_id", type_=Uuid))
    if wanted == "one":
        query = query.where(sessions.c.status == bindparam("status"))
    if wanted == "signed":
        query = query.where(sessions.c.status != "draft")
    return query if with_deleted else query.where(_alive)


# One row per status and workspace is written by everybody there, so it is a call's last statement.
tally = statement(
    upsert(tallies)
    .values(live=1, deleted=0, **_named("workspace_id", "status"))
    .on_conflict_do_update(constraint="pk_tallies", set_={"live": tallies.c.live + 1})
)
untally = statement(
    update(tallies)
    .where(tallies.c.status == bindparam("of_status", type_=tallies.c.status.type))
    .values(
        live=tallies.c.live - bindparam("live", type_=tallies.c.live.type),
        deleted=tallies.c.deleted - bindparam("deleted", type_=tallies.c.deleted.type),
    )
    .returning(tallies.c.status)
)

# --- what the timeline tells

_told = upsert(history).values(**_named("workspace_id", "id", "session_id", "client_id", "appointment_id", "kind", "at"))
tell = statement(_told.on_conflict_do_update(constraint="pk_history", set_={"at": _told.excluded.at}))

_entries = (
    select(history).where(history.c.client_id == _client_id).order_by(history.c.at.desc(), history.c.id.desc()).limit(bindparam("limit"))
)
newest_entries = statement(_entries)
entries_before = statement(
    _entries.where(
        tuple_(history.c.at, history.c.id) < tuple_(bindparam("before", type_=history.c.at.type), bindparam("before_id", type_=Uuid))
    )
)
count_entries = statement(select(func.count().label("total")).select_from(history).where(history.c.client_id == _client_id))
