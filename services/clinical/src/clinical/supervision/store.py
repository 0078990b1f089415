"""Statements on co-signatures and on what waits for one. Row security limits every one to the caller's workspace."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    distinct,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import Statement, command, query
from clinical.tables import ACCESS, cosign_requests, cosignatures, session_versions, sessions, supervised_users

_id = bindparam("id", type_=Uuid)
_user_id = bindparam("user_id", type_=Uuid)
_now = bindparam("now", type_=cosign_requests.c.due_at.type)
# Spelt out, and no parameter: a plan for any parameter could not use the indexes of what is pending.
_pending = cosign_requests.c.status == literal_column("'pending'")
_waits = and_(_pending, ~cosign_requests.c.hidden)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


# --- who supervises whom

supervision = query(select(supervised_users).where(supervised_users.c.id == _user_id))
lock_user = command(select(supervised_users).where(supervised_users.c.id == _user_id).with_for_update())

_told = upsert(supervised_users).values(workspace_id=bindparam("workspace_id"), id=_user_id, **_named("supervisor_user_id", "version"))
_is_newer = _told.excluded.version > supervised_users.c.version
# Takes what was told of a newer version of the user, locks the row until the commit, and returns the newest that is known.
tell = command(
    _told.on_conflict_do_update(
        constraint="pk_supervised_users",
        set_={name: case((_is_newer, _told.excluded[name]), else_=supervised_users.c[name]) for name in ("supervisor_user_id", "version")},
    ).returning(supervised_users.c.supervisor_user_id)
)

# --- what waits

requests = query(select(cosign_requests).where(cosign_requests.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid)))))

request = query(select(cosign_requests).where(cosign_requests.c.id == _id))


def _since_cosigned(session_id: BindParameter[UUID], *columns: ColumnElement[Any]) -> Select[Any]:
    """Of a note's versions since the last co-signature."""
    last = select(func.max(cosignatures.c.version_number)).where(
        cosignatures.c.session_id == session_id, cosignatures.c.decision == "cosigned"
    )
    return select(*columns).where(
        session_versions.c.session_id == session_id, session_versions.c.version_number > func.coalesce(last.scalar_subquery(), 0)
    )


_told_of_request = ("version_number", "signed_by_user_id", "supervisee_user_id", "supervisor_user_id", "author_user_id", "due_at")
_signers = func.array_agg(distinct(session_versions.c.created_by_user_id), type_=ARRAY(Uuid))
_asked = upsert(cosign_requests).values(
    workspace_id=bindparam("workspace_id"),
    id=_id,
    status="pending",
    signer_user_ids=_since_cosigned(_id, _signers).scalar_subquery(),
    **_named(*_told_of_request),
)
# After the version that waits: its signer is one of them.
ask = command(
    _asked.on_conflict_do_update(
        constraint="pk_cosign_requests",
        set_={
            "status": "pending",
            "announced_at": None,
            **{name: _asked.excluded[name] for name in (*_told_of_request, "signer_user_ids")},
        },
    )
)

# The supervisor has signed all of it. The row stays, so that later amendments by others wait again.
settle = command(
    update(cosign_requests)
    .where(cosign_requests.c.id == _id)
    .values(
        status="settled",
        version_number=bindparam("version_number", type_=Integer),
        signed_by_user_id=_user_id,
        supervisor_user_id=_user_id,
        announced_at=None,
    )
)

# A returned note stays returned while its author rewrites it as a draft: what was asked of them is still to be done.
withdraw = command(
    update(cosign_requests).where(cosign_requests.c.id == _id, cosign_requests.c.status != "returned").values(status="withdrawn")
)

hide = command(update(cosign_requests).where(cosign_requests.c.id == _id).values(hidden=bindparam("hidden")))

# Returns no row unless this version still waits: of all who decide at once, one does.
decide = command(
    update(cosign_requests)
    .where(
        cosign_requests.c.id == _id,
        _pending,
        cosign_requests.c.version_number == bindparam("version_number", type_=Integer),
    )
    .values(status=bindparam("decision"))
    .returning(cosign_requests)
)

# What does not wait has nobody to wait for; an amendment asks who supervises then.
pass_on = command(
    update(cosign_requests)
    .where(cosign_requests.c.supervisee_user_id == _user_id, _pending)
    .where(cosign_requests.c.supervisor_user_id.is_distinct_from(bindparam("supervisor_user_id", type_=Uuid)))
    .values(supervisor_user_id=bindparam("supervisor_user_id", type_=Uuid))
    .returning(cosign_requests.c.id)
)

# Returns no row of one that was decided, announced or given a later deadline meanwhile.
announce = command(
    update(cosign_requests)
    .where(cosign_requests.c.id == _id, _waits, cosign_requests.c.announced_at.is_(None), cosign_requests.c.due_at <= _now)
    .values(announced_at=_now)
    .returning(
        *(
            cosign_requests.c[name]
            for name in (
                "id",
                "supervisor_user_id",
                "supervisee_user_id",
                "author_user_id",
                "signed_by_user_id",
                "signer_user_ids",
                "due_at",
            )
        )
    )
)


# Who opens the record of a note's client; no row where the client is not restricted.
care_team = query(
    select(ACCESS.teams.c.user_ids)
    .join(sessions, (sessions.c.workspace_id == ACCESS.teams.c.workspace_id) & (sessions.c.client_id == ACCESS.teams.c.client_id))
    .where(sessions.c.id == _id, ACCESS.teams.c.restricted)
)

# Row security shows no note of a client whose record the caller may not open.
_shown = exists().where(sessions.c.workspace_id == cosign_requests.c.workspace_id, sessions.c.id == cosign_requests.c.id)


def _queue(*waiting: ColumnElement[bool]) -> Statement:
    page = (
        select(cosign_requests.c.workspace_id, cosign_requests.c.id, cosign_requests.c.due_at)
        .where(_waits, *waiting)
        .order_by(cosign_requests.c.due_at, cosign_requests.c.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery()
    )
    return command(
        select(sessions)
        .join(page, (page.c.workspace_id == sessions.c.workspace_id) & (page.c.id == sessions.c.id))
        .order_by(page.c.due_at, page.c.id)
    )


def _counted(*waiting: ColumnElement[bool]) -> Statement:
    return command(select(func.count().label("total")).select_from(cosign_requests).where(_waits, *waiting))


_for_user = cosign_requests.c.supervisor_user_id == _user_id
# Not their own, as `rules.role_of` says of who decides.
_not_own = and_(
    cosign_requests.c.author_user_id.is_distinct_from(_user_id),
    cosign_requests.c.signed_by_user_id != _user_id,
    or_(_user_id != func.all(cosign_requests.c.signer_user_ids), and_(_for_user, bindparam("is_unsupervised", type_=Boolean))),
)
_for_head = or_(_for_user, cosign_requests.c.supervisee_user_id == func.any(bindparam("colleague_ids", type_=ARRAY(Uuid))))
# The first to be due comes first: what waits for one supervisor; that, and what whoever works in a department has signed (`colleague_ids`);
# and all that waits in the workspace.
_queues = {"supervisor": (_for_user, _not_own), "department": (_for_head, _not_own), "workspace": (_not_own,)}
_pages = {
    (of, shown): (_queue(*waiting, *only), _counted(*waiting, *only))
    for of, waiting in _queues.items()
    for shown, only in ((False, ()), (True, (_shown,)))
}


_closed = {
    of: _counted(
        *waiting,
        exists().where(
            sessions.c.workspace_id == cosign_requests.c.workspace_id,
            sessions.c.id == cosign_requests.c.id,
            sessions.c.client_id == func.any(bindparam("client_ids", type_=ARRAY(Uuid))),
        ),
    )
    for of, waiting in _queues.items()
}


def closed(*, of: str) -> Statement:
    """How many of a queue's notes are of these clients."""
    return _closed[of]


def queues(*, of: str, shown: bool) -> tuple[Statement, Statement]:
    """A page of a queue, and how many it has. `shown`: for somebody from whom notes are hidden."""
    return _pages[of, shown]


# --- co-signatures

_of_note = cosignatures.c.session_id == bindparam("session_id", type_=Uuid)

add_cosignature = command(
    insert(cosignatures).values(
        workspace_id=bindparam("workspace_id"),
        **_named("id", "session_id", "version_number", "decision", "signed_by_user_id", "created_at", "sealed"),
    )
)

cosignatures_of = query(select(cosignatures).where(_of_note))

# Who signed the versions since the last co-signature, the oldest first.
since_cosigned = query(
    _since_cosigned(bindparam("session_id", type_=Uuid), session_versions.c.created_by_user_id).order_by(session_versions.c.version_number)
)

# Of the version that each of these notes waited with last.
newest_cosignatures = query(
    select(cosignatures)
    .join(
        cosign_requests,
        (cosign_requests.c.workspace_id == cosignatures.c.workspace_id)
        & (cosign_requests.c.id == cosignatures.c.session_id)
        & (cosign_requests.c.version_number == cosignatures.c.version_number),
    )
    .where(cosign_requests.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
)
