"""What a practice offers, and where: entries with a name, withdrawn rather than deleted, for appointments still name them."""

from collections.abc import Mapping
from itertools import chain, combinations
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, func, insert, select, update
from sqlalchemy.types import Integer

from chassis.db.paging import Page
from chassis.db.statement import statement
from chassis.db.transaction import Record
from chassis.work.unit_of_work import UnitOfWork


class Catalogue:
    """The statements over one table of entries; `columns` are those that people set, `filters` those they list by."""

    def __init__(self, table: Table, columns: tuple[str, ...], filters: tuple[str, ...]) -> None:
        column = table.c
        one = (column.id == bindparam("id", type_=column.id.type)) & column.deleted_at.is_(None)
        now = bindparam("now", type_=column.updated_at.type)
        given = {name: bindparam(name, type_=column[name].type) for name in columns}
        key = {name: bindparam(name, type_=column[name].type) for name in ("workspace_id", "id")}

        def matching(names: tuple[str, ...]) -> list[ColumnElement[bool]]:
            return [column.deleted_at.is_(None), *(column[name] == bindparam(name, type_=column[name].type) for name in names)]

        self._create = statement(insert(table).values(**key, **given, created_at=now, updated_at=now).returning(*column))
        self._get = statement(select(*column).where(one))
        self._get_to_change = statement(select(*column).where(one).with_for_update())
        self._change = statement(update(table).where(one).values(**given, updated_at=now).returning(*column))
        self._withdraw = statement(update(table).where(one).values(is_active=False, deleted_at=now, updated_at=now).returning(column.id))
        kinds = chain.from_iterable(combinations(filters, size) for size in range(len(filters) + 1))
        self._lists = {
            frozenset(names): (
                statement(
                    select(*column)
                    .where(*matching(names))
                    .order_by(column.name, column.id)
                    .offset(bindparam("skip", type_=Integer))
                    .limit(bindparam("limit", type_=Integer))
                ),
                statement(select(func.count().label("total")).select_from(table).where(*matching(names))),
            )
            for names in kinds
        }

    async def create(self, work: UnitOfWork, entry_id: UUID, values: Mapping[str, Any]) -> Record:
        return await work.db.one(self._create, id=entry_id, **values, now=work.now)

    async def get(self, work: UnitOfWork, entry_id: str) -> Record:
        return await work.db.one(self._get, id=entry_id)

    async def get_to_change(self, work: UnitOfWork, entry_id: str) -> Record:
        return await work.db.one(self._get_to_change, id=entry_id)

    async def change(self, work: UnitOfWork, entry_id: str, values: Mapping[str, Any]) -> Record:
        return await work.db.one(self._change, id=entry_id, **values, now=work.now)

    async def withdraw(self, work: UnitOfWork, entry_id: str) -> None:
        await work.db.one(self._withdraw, id=entry_id, now=work.now)

    async def list(self, work: UnitOfWork, filters: Mapping[str, Any], page: Page) -> tuple[list[Record], int]:
        """The page's entries by name, and how many there are in all."""
        rows, count = self._lists[frozenset(filters)]
        total: int = (await work.db.one(count, **filters))["total"]
        return await work.db.all(rows, **filters, skip=page.offset, limit=page.limit), total
