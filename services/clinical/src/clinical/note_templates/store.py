"""Statements on templates. Row security limits every one to the caller's workspace; others' own templates are as if they were not there."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, delete, func, insert, select, update

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from clinical.tables import note_templates

_id = bindparam("id", type_=Uuid)
_visible = note_templates.c.owner_user_id.is_(None) | (note_templates.c.owner_user_id == bindparam("user_id", type_=Uuid))


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


create = command(
    insert(note_templates)
    .values(
        version=1,
        is_active=True,
        created_at=bindparam("now"),
        updated_at=bindparam("now"),
        **_named("workspace_id", "id", "owner_user_id", "sealed"),
    )
    .returning(note_templates)
)

get_active = query(select(note_templates).where(note_templates.c.id == _id, _visible, note_templates.c.is_active))

lock = command(select(note_templates).where(note_templates.c.id == _id, _visible).with_for_update())

save = command(
    update(note_templates)
    .where(note_templates.c.id == _id)
    .values(sealed=bindparam("sealed"), version=note_templates.c.version + 1, is_active=bindparam("is_active"), updated_at=bindparam("now"))
    .returning(note_templates)
)

remove = command(delete(note_templates).where(note_templates.c.id == _id))


def _matching(names: FilterNames) -> list[ColumnElement[bool]]:
    return [_visible, *(note_templates.c[name] == bindparam(name, type_=note_templates.c[name].type) for name in sorted(names))]


def _page(names: FilterNames) -> Select[Any]:
    in_order = select(note_templates).where(*_matching(names)).order_by(note_templates.c.id)
    return in_order.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


def _count(names: FilterNames) -> Select[Any]:
    return select(func.count().label("total")).select_from(note_templates).where(*_matching(names))


# The filter is `is_active`. Ids begin with the time: by id is in the order in which they were made.
page = FilteredStatement(_page)
count = FilteredStatement(_count)
