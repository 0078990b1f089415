"""Statements on jobs. Finding and claiming them works across workspaces; row security limits everything else to one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    Select,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from chassis.jobs.tables import JobTables

_ID = bindparam("id", type_=Uuid)
_WORKSPACE = bindparam("workspace_id", type_=Uuid)
_ATTEMPT = bindparam("attempt", type_=Integer)


class JobStore:
    """The statements on one service's tables, compiled once."""

    def __init__(self, tables: JobTables, *, decided: Collection[str] = ()) -> None:
        """`decided` are the kinds that only carry out what was decided: any number may be under way, and none is cancelled."""
        jobs, inputs, pieces, due = tables.jobs, tables.inputs, tables.pieces, tables.due
        self._jobs = jobs
        self.decided = frozenset(decided)
        mine = (jobs.c.id == _ID, jobs.c.attempt == _ATTEMPT, jobs.c.status == "running")

        self.create = command(
            insert(jobs)
            .values(
                workspace_id=_WORKSPACE,
                id=_ID,
                created_at=bindparam("now"),
                **{name: bindparam(name) for name in ("kind", "parameters", "proof", "created_by", "request_id", "total")},
            )
            .add_cte(
                insert(due)
                .from_select(
                    ["workspace_id", "job_id", "kind", "due_at"], select(_WORKSPACE, _ID, bindparam("kind", type_=Text), func.now())
                )
                .returning(due.c.job_id)
                .cte("made_due")
            )
            .returning(jobs)
        )
        # What was done within the call that asked for it.
        self.create_done = command(
            insert(jobs).values(
                workspace_id=_WORKSPACE,
                id=_ID,
                status="done",
                created_at=bindparam("now"),
                started_at=bindparam("now"),
                finished_at=bindparam("now"),
                **{
                    name: bindparam(name) for name in ("kind", "parameters", "proof", "created_by", "request_id", "done", "total", "result")
                },
            )
        )
        self.add_input = command(
            insert(inputs).values(
                workspace_id=_WORKSPACE,
                job_id=bindparam("job_id", type_=Uuid),
                number=bindparam("number"),
                sealed=bindparam("sealed"),
            )
        )
        self.lock = command(select(jobs).where(jobs.c.id == _ID).with_for_update())
        self.count_open = query(
            select(func.count().label("number")).where(
                jobs.c.finished_at.is_(None), jobs.c.kind != all_(literal(sorted(self.decided), ARRAY(Text)))
            )
        )
        # Of several that were ordered alike, one that is not over.
        self.under_way = query(
            select(jobs)
            .where(jobs.c.kind == bindparam("kind", type_=Text), jobs.c.parameters == bindparam("parameters", type_=Text))
            .where(jobs.c.finished_at.is_(None))
            .limit(1)
        )
        self.get = query(select(jobs).where(jobs.c.id == _ID))
        self.read_input = query(
            select(inputs.c.number, inputs.c.sealed)
            .where(inputs.c.job_id == bindparam("job_id", type_=Uuid), inputs.c.number >= bindparam("number", type_=Integer))
            .order_by(inputs.c.number)
            .limit(bindparam("limit", type_=Integer))
        )

        found = (
            select(due.c.workspace_id, due.c.job_id)
            .where(due.c.due_at <= func.now(), due.c.kind == any_(bindparam("kinds", type_=ARRAY(Text))))
            .order_by(due.c.due_at)
            .limit(bindparam("limit", type_=Integer))
            # Two workers claim different rows, and neither waits for the other.
            .with_for_update(skip_locked=True)
            .cte("found")
        )
        self.claim = command(
            update(due)
            .where(due.c.workspace_id == found.c.workspace_id, due.c.job_id == found.c.job_id)
            .values(due_at=func.now() + bindparam("lease", type_=Interval))
            .returning(due.c.workspace_id, due.c.job_id)
        )
        self.waiting = command(
            select(due.c.job_id).where(due.c.due_at <= func.now(), due.c.kind == any_(bindparam("kinds", type_=ARRAY(Text)))).limit(1)
        )
        self.set_due = command(
            update(due)
            .where(due.c.workspace_id == _WORKSPACE, due.c.job_id == _ID)
            .values(due_at=func.now() + bindparam("delay", type_=Interval))
        )
        self.no_longer_due = command(delete(due).where(due.c.workspace_id == _WORKSPACE, due.c.job_id == _ID))

        # Whoever had it before cannot write any more. That this one comes to nothing is assumed until it has kept a step.
        self.begin = command(
            update(jobs)
            .where(jobs.c.id == _ID, jobs.c.finished_at.is_(None))
            .values(
                status="running",
                attempt=jobs.c.attempt + 1,
                failures=jobs.c.failures + 1,
                started_at=func.coalesce(jobs.c.started_at, func.now()),
            )
            .returning(jobs)
        )
        # Held until the commit, so that a step and a cancellation come one after the other.
        self.hold = command(select(jobs).where(*mine).with_for_update())
        self.advance = command(
            update(jobs)
            .where(*mine)
            .values(failures=0, **{name: bindparam(name, type_=jobs.c[name].type) for name in ("done", "total", "state")})
        )
        self.interrupt = command(update(jobs).where(*mine).values(failures=0))
        over = delete(inputs).where(inputs.c.workspace_id == _WORKSPACE, inputs.c.job_id == _ID).returning(inputs.c.number)
        not_due = delete(due).where(due.c.workspace_id == _WORKSPACE, due.c.job_id == _ID).returning(due.c.job_id)
        self.finish = command(
            update(jobs)
            .where(*mine)
            .values(
                status=bindparam("status", type_=Text),
                result=bindparam("result", type_=Text),
                error=bindparam("error", type_=Text),
                finished_at=bindparam("now", type_=DateTime(timezone=True)),
                # Half of a file is nobody's.
                file_expires_at=case(
                    (and_(bindparam("status", type_=Text) != "done", jobs.c.file_expires_at.is_not(None)), func.now()),
                    else_=jobs.c.file_expires_at,
                ),
            )
            .returning(jobs)
            .add_cte(over.cte("inputs_removed"), not_due.cte("not_due"))
        )
        is_waiting = jobs.c.status == "pending"
        now = bindparam("now", type_=DateTime(timezone=True))
        self.cancel = command(
            update(jobs)
            .where(jobs.c.id == _ID, jobs.c.finished_at.is_(None))
            .values(
                status=case((is_waiting, "cancelled"), else_=jobs.c.status),
                finished_at=case((is_waiting, now), else_=jobs.c.finished_at),
                cancel_requested_at=func.coalesce(jobs.c.cancel_requested_at, now),
            )
            .returning(jobs)
        )
        self.remove_inputs = command(delete(inputs).where(inputs.c.job_id == _ID))

        job_id, ids = bindparam("job_id", type_=Uuid), bindparam("ids", type_=ARRAY(Uuid))
        self.set_file = command(
            update(jobs)
            .where(*mine)
            .values(
                file_sealed=bindparam("file_sealed", type_=LargeBinary),
                file_expires_at=bindparam("file_expires_at", type_=DateTime(timezone=True)),
            )
        )
        self.add_piece = command(
            insert(pieces).values(
                workspace_id=_WORKSPACE, job_id=job_id, **{name: bindparam(name) for name in ("id", "start", "size", "told")}
            )
        )
        self.end_of_file = query(select(func.max(pieces.c.start + pieces.c.size).label("end")).where(pieces.c.job_id == job_id))
        self.piece_at = query(
            select(pieces.c.id, pieces.c.start, pieces.c.size)
            .where(pieces.c.job_id == job_id, pieces.c.start <= bindparam("offset", type_=BigInteger))
            .order_by(pieces.c.start.desc())
            .limit(1)
        )
        # What was told when pieces were kept, in their order.
        self.told = query(
            select(pieces.c.start, pieces.c.told)
            .where(pieces.c.job_id == job_id, pieces.c.start > bindparam("after", type_=BigInteger), pieces.c.told.is_not(None))
            .order_by(pieces.c.start)
            .limit(bindparam("limit", type_=Integer))
        )
        self.some_pieces = query(select(pieces.c.id).where(pieces.c.job_id == job_id).limit(bindparam("limit", type_=Integer)))
        self.known_pieces = query(select(pieces.c.id).where(pieces.c.id == any_(ids)))
        self.remove_pieces = command(delete(pieces).where(pieces.c.id == any_(ids)))
        self.forget_file = command(update(jobs).where(jobs.c.id == _ID).values(file_sealed=None))

        # The filters are `created_by`, `kind` and `status`. Ids begin with the time: the newest is the greatest.
        self.page = FilteredStatement(self._page)
        self.count = FilteredStatement(self._count)

    def _matching(self, names: FilterNames) -> list[ColumnElement[bool]]:
        return [self._jobs.c[name] == bindparam(name, type_=self._jobs.c[name].type) for name in sorted(names)]

    def _page(self, names: FilterNames) -> Select[Any]:
        newest_first = select(self._jobs).where(*self._matching(names)).order_by(self._jobs.c.id.desc())
        return newest_first.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))

    def _count(self, names: FilterNames) -> Select[Any]:
        return select(func.count().label("total")).select_from(self._jobs).where(*self._matching(names))
