"""Statements on the index. Row security limits every one to the caller's workspace, but for `due`, which is asked without one.

Those on `search_work` name the workspace themselves: its two policies together are no condition that an index serves.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    LargeBinary,
    Uuid,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    true,
    union_all,
    update,
)

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from clinical.tables import search_blocks, search_segments, search_work, sessions

_workspace_id = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))

# --- work

# Two workers may take themselves for the leader. What one of them writes, the other sees after this.
lock_index = command(select(func.pg_advisory_xact_lock(lock_number("search index", _workspace_id))))

# When each workspace's first work is due: from one workspace to the next by the index, so that much work of one costs what a row of it does.
_first_due = (
    select(search_work.c.workspace_id, search_work.c.due_at)
    .order_by(search_work.c.workspace_id, search_work.c.due_at)
    .limit(literal(1, Integer))
    .cte("first_due", recursive=True)
)
_later = search_work.alias("later")
_next_due = (
    select(_later.c.workspace_id, _later.c.due_at)
    .where(_later.c.workspace_id > _first_due.c.workspace_id)
    .order_by(_later.c.workspace_id, _later.c.due_at)
    .limit(literal(1, Integer))
    .lateral("next_due")
)
_first_due = _first_due.union_all(select(_next_due.c.workspace_id, _next_due.c.due_at).select_from(_first_due.join(_next_due, true())))
# The workspaces with work that is due, the longest due first, without those that are passed over.
due = query(
    select(_first_due.c.workspace_id)
    .where(_first_due.c.due_at <= _now, _first_due.c.workspace_id != func.all(bindparam("passed_over", type_=ARRAY(Uuid))))
    .order_by(_first_due.c.due_at)
    .limit(bindparam("limit"))
)

_here = search_work.c.workspace_id == _workspace_id
_first_work = select(search_work.c.id, search_work.c.session_id).where(_here).order_by(search_work.c.id).limit(bindparam("limit"))
changes = query(_first_work.where(search_work.c.session_id.is_not(None)))
looks_due = query(_first_work.where(search_work.c.session_id.is_(None), search_work.c.due_at <= _now))

remove_work = command(
    delete(search_work).where(_here, search_work.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))).returning(search_work.c.id)
)

add_look = command(insert(search_work).values(workspace_id=_workspace_id, session_id=null(), due_at=bindparam("due_at")))

add_all_notes = command(
    insert(search_work).from_select(["workspace_id", "session_id", "due_at"], select(sessions.c.workspace_id, sessions.c.id, _now))
)

# Notes from before the index, which no trigger has seen. Once there is a segment, all have been work to be done.
_unseen = ~exists().where(_here, search_work.c.session_id == sessions.c.id)
add_unseen_notes = command(
    insert(search_work).from_select(
        ["workspace_id", "session_id", "due_at"], select(sessions.c.workspace_id, sessions.c.id, _now).where(_unseen)
    )
)
unseen_notes = query(select(sessions.c.id).where(~exists().where(search_segments.c.is_ready), _unseen).limit(1))

notes = query(select(sessions).where(sessions.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid)))))

# --- segments

_segment = (
    search_segments.c.id,
    search_segments.c.documents,
    search_segments.c.header,
    search_segments.c.dead,
    search_segments.c.version,
    search_segments.c.erased_at,
)
_ready = search_segments.c.is_ready

segments = query(select(*_segment).where(_ready).order_by(search_segments.c.id))

_newest_changes = (
    select(search_work.c.session_id)
    .where(_here, search_work.c.session_id.is_not(None))
    .order_by(search_work.c.id.desc())
    .limit(bindparam("limit"))
    .subquery()
)
# The segments and the notes that changed since they were made, the newest changes first: of one moment, so that every note is in one of them.
segments_and_changes = query(
    union_all(
        select(*_segment[:5], cast(null(), Uuid).label("session_id")).where(_ready),
        select(
            cast(null(), Uuid),
            cast(null(), Integer),
            cast(null(), LargeBinary),
            cast(null(), LargeBinary),
            cast(null(), BigInteger),
            _newest_changes.c.session_id,
        ),
    )
)

add_segment = command(
    insert(search_segments).values(
        workspace_id=_workspace_id,
        erased_at=null(),
        **{name: bindparam(name) for name in ("id", "documents", "header", "dead", "version", "is_ready")},
    )
)

finish_segment = command(
    update(search_segments)
    .where(search_segments.c.id == _id)
    .values(is_ready=literal(True), **{name: bindparam(name) for name in ("documents", "header", "dead", "erased_at")})
    .returning(search_segments.c.id)
)

bury = command(
    update(search_segments)
    .where(search_segments.c.id == _id)
    .values(
        dead=bindparam("dead"),
        version=search_segments.c.version + 1,
        erased_at=func.coalesce(search_segments.c.erased_at, bindparam("erased_at", type_=search_segments.c.erased_at.type)),
    )
)

# As if it had words of a note that was erased long ago.
have_made_anew = command(
    update(search_segments)
    .where(search_segments.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .values(erased_at=bindparam("erased_at"))
)

remove_segments = command(delete(search_segments).where(search_segments.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid)))))
remove_unfinished = command(delete(search_segments).where(~search_segments.c.is_ready))
remove_all_segments = command(delete(search_segments))

# --- blocks

add_block = command(
    insert(search_blocks).values(workspace_id=_workspace_id, **{name: bindparam(name) for name in ("segment_id", "number", "content")})
)

_wanted = (
    func.unnest(bindparam("segment_ids", type_=ARRAY(Uuid)), bindparam("numbers", type_=ARRAY(Integer)))
    .table_valued(column("segment_id", Uuid), column("number", Integer))
    .render_derived("wanted")
)
blocks = query(
    select(search_blocks.c.segment_id, search_blocks.c.number, search_blocks.c.content).join(
        _wanted, (search_blocks.c.segment_id == _wanted.c.segment_id) & (search_blocks.c.number == _wanted.c.number)
    )
)
