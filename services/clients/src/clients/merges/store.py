"""Statements on merges. Row security limits every statement to the caller's workspace."""

from sqlalchemy import ARRAY, DateTime, Uuid, any_, bindparam, insert, or_, select, update

from chassis.db.statement import command, query
from clients.tables import JOBS, clients, merges

_m = merges.c
_id = bindparam("id", type_=Uuid)
_ids = bindparam("ids", type_=ARRAY(Uuid))
_now = bindparam("now", type_=DateTime(timezone=True))
_job_id = bindparam("job_id", type_=Uuid)

# In the order of ids, so that two merges never wait for each other in a circle.
lock_clients = command(select(clients).where(clients.c.id == any_(_ids)).order_by(clients.c.id).with_for_update())

create = command(
    insert(merges).values(
        **{
            name: bindparam(name, type_=_m[name].type)
            for name in ("workspace_id", "id", "merged_id", "survivor_id", "taken_over", "merged_by", "merged_at", "undo_until", "job_id")
        }
    )
)

get = query(select(merges).where(_m.id == _id))

# The client's own merge into another, else the last one into it.
last_of_client = query(
    select(merges)
    .where(or_(_m.merged_id == _id, _m.survivor_id == _id), _m.undone_at.is_(None))
    .order_by((_m.merged_id == _id).desc(), _m.id.desc())
    .limit(1)
)
# Returns no row of one that was undone meanwhile.
lock = command(select(merges).where(_m.id == _id, _m.undone_at.is_(None)).with_for_update())

# A merge of one of these clients whose history is being moved, there or back.
under_way = query(
    select(merges)
    .join(JOBS.jobs, (JOBS.jobs.c.workspace_id == _m.workspace_id) & (JOBS.jobs.c.id == _m.job_id) & JOBS.jobs.c.finished_at.is_(None))
    .where(or_(_m.merged_id == any_(_ids), _m.survivor_id == any_(_ids)), _m.undone_at.is_(None))
    .limit(1)
)

go_on = command(update(merges).where(_m.id == _id).values(job_id=_job_id))
moved = command(update(merges).where(_m.id == _id).values(moved_at=_now))
undo = command(update(merges).where(_m.id == _id).values(job_id=_job_id, undo_requested_at=_now))
undone = command(update(merges).where(_m.id == _id).values(undone_at=_now))
