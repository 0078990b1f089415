"""Reads and writes the entries of one catalogue table. Row security limits every statement to the caller's workspace."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, insert, select, update
from sqlalchemy.types import Integer
from uuid_utils.compat import uuid7

from chassis.db.lists import FilteredStatement, FilterNames
from chassis.db.statement import command, query
from chassis.db.transaction import Record, Transaction
from chassis.paging import Page

# Set by this class. People set all other columns of the table.
_OWN_COLUMNS = frozenset({"workspace_id", "id", "deleted_at", "created_at", "updated_at"})
# Of a table that seals some of its values.
_SEALED_COLUMNS = ("sealed", "version")

Values: TypeAlias = Mapping[str, Any]


class Sealing(Protocol):
    """Opens and seals what is sealed of a kind of entry."""

    def open(self, row: Values) -> dict[str, Any]:
        """The values that are sealed in the row, by column."""

    def seal(self, entry_id: UUID, version: int, entry: Values) -> dict[str, Any]:
        """What is stored instead of the values: `sealed`, `version`, and None for each of them."""


class NothingSealed:
    """Of entries that are stored as they are."""

    def open(self, _row: Values) -> dict[str, Any]:
        return {}

    def seal(self, _entry_id: UUID, _version: int, _entry: Values) -> dict[str, Any]:
        return {}


_NOTHING_SEALED = NothingSealed()


class CatalogueStore:
    """The statements over one catalogue table.

    `check` receives the values of all `columns`, returns them as they are to be stored, and raises Invalid if they
    cannot be. An entry is never deleted, because appointments refer to it: a withdrawn one is no longer found here.
    """

    def __init__(self, table: Table, check: Callable[[Values], dict[str, Any]]) -> None:
        column = table.c
        self._table = table
        self._check = check
        self.columns = tuple(c.name for c in column if c.name not in _OWN_COLUMNS and c.name not in _SEALED_COLUMNS)
        self._sealed = tuple(name for name in _SEALED_COLUMNS if name in column)
        self._present = column.deleted_at.is_(None)
        by_id = (column.id == bindparam("id", type_=column.id.type)) & self._present
        now = bindparam("now", type_=column.updated_at.type)
        values = {name: bindparam(name, type_=column[name].type) for name in (*self.columns, *self._sealed)}
        key = {name: bindparam(name, type_=column[name].type) for name in ("workspace_id", "id")}
        self._create = command(insert(table).values(**key, **values, created_at=now, updated_at=now).returning(*column))
        self._get = query(select(*column).where(by_id))
        self._get_for_update = command(select(*column).where(by_id).with_for_update())
        self._update = command(update(table).where(by_id).values(**values, updated_at=now).returning(*column))
        self._withdraw = command(update(table).where(by_id).values(is_active=False, deleted_at=now, updated_at=now).returning(column.id))
        self._list = FilteredStatement(self._list_by_name)
        self._count = FilteredStatement(self._count_rows)

    async def create(self, db: Transaction, values: Values, *, now: datetime, sealing: Sealing = _NOTHING_SEALED) -> Record:
        """Adds an entry, active unless the values say otherwise. Raises Invalid if they do not pass the check."""
        is_active = True if values["is_active"] is None else values["is_active"]
        entry, entry_id = self._check({**values, "is_active": is_active}), uuid7()
        return await db.one(self._create, **{**entry, **sealing.seal(entry_id, 1, entry)}, id=entry_id, now=now)

    async def get(self, db: Transaction, entry_id: str) -> Record:
        """The entry. Raises NotFound if there is none."""
        return await db.one(self._get, id=entry_id)

    async def update(
        self, db: Transaction, entry_id: str | UUID, changes: Values, *, now: datetime, sealing: Sealing = _NOTHING_SEALED
    ) -> Record:
        """Sets the changed values. Raises NotFound if there is no entry, Invalid if it would not pass the check."""
        row = await db.one(self._get_for_update, id=entry_id)
        entry = self._check({**{name: row[name] for name in self.columns}, **sealing.open(row), **changes})
        sealed = sealing.seal(row["id"], row["version"] + 1, entry) if self._sealed else {}
        return await db.one(self._update, **{**entry, **sealed}, id=row["id"], now=now)

    async def withdraw(self, db: Transaction, entry_id: str, *, now: datetime) -> None:
        """Takes the entry out of the catalogue. Raises NotFound if there is none."""
        await db.one(self._withdraw, id=entry_id, now=now)

    async def read_page(self, db: Transaction, filters: Values, page: Page) -> tuple[list[Record], int]:
        """The page's entries by name and id, and the number of entries on all pages.

        `filters` maps columns to values. A filter whose value is None is not applied.
        """
        values = {name: value for name, value in filters.items() if value is not None}
        total: int = (await db.one(self._count(values), **values))["total"]
        return await db.all(self._list(values), **values, skip=page.offset, limit=page.limit), total

    def _matching(self, names: FilterNames) -> list[ColumnElement[bool]]:
        column = self._table.c
        return [self._present, *(column[name] == bindparam(name, type_=column[name].type) for name in sorted(names))]

    def _list_by_name(self, names: FilterNames) -> Select[Any]:
        column = self._table.c
        return (
            select(*column)
            .where(*self._matching(names))
            .order_by(column.name, column.id)
            .offset(bindparam("skip", type_=Integer))
            .limit(bindparam("limit", type_=Integer))
        )

    def _count_rows(self, names: FilterNames) -> Select[Any]:
        return select(func.count().label("total")).select_from(self._table).where(*self._matching(names))
