"""Statements on legal holds. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import ARRAY, DateTime, Integer, Uuid, any_, bindparam, func, insert, or_, select, update

from audit.tables import legal_holds
from chassis.db.statement import command, query

_h = legal_holds.c
_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_is_placed = _h.pending_until.is_(None)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


begin = command(
    insert(legal_holds).values(
        version=1, created_at=_now, **_named("workspace_id", "id", "client_id", "user_id", "created_by", "sealed", "pending_until")
    )
)

place = command(update(legal_holds).where(_h.id == _id, _h.released_at.is_(None)).values(pending_until=None).returning(legal_holds))

lock = command(select(legal_holds).where(_h.id == _id, _is_placed).with_for_update())

release = command(
    update(legal_holds)
    .where(_h.id == _id)
    .values(version=_h.version + 1, released_at=_now, released_by=bindparam("released_by"), sealed=bindparam("sealed"))
    .returning(legal_holds)
)

# Ids begin with the time.
page = query(
    select(legal_holds)
    .where(_is_placed)
    .order_by(_h.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
count = query(select(func.count().label("total")).select_from(legal_holds).where(_is_placed))

# Those that count now, also while they are being placed. Commands: they depend on the clock.
_counts = _h.released_at.is_(None) & or_(_is_placed, _h.pending_until > func.clock_timestamp())
on_clients = command(select(_h.client_id).where(_counts, _h.client_id == any_(bindparam("client_ids", type_=ARRAY(Uuid)))).distinct())
on_more = command(
    select(
        select(_h.id).where(_counts, _h.client_id.is_(None)).exists().label("everything"),
        select(_h.id).where(_counts).exists().label("anything"),
    )
)
