"""Builds tables with a workspace_id under row security and declares their grants; builds timestamptz columns."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    Table,
    Uuid,
    func,
)
from sqlalchemy.schema import SchemaItem

ALL = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True, slots=True)
class Access:
    """Privileges on a table under row security, by the last part of the role's name (see migrations/roles.py).

    `relay` works across workspaces; everybody else is confined to one.
    """

    grants: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Declares a table's sealed values and the open columns that are bound into them: who changes one without the keys breaks the seal.

    A statement that sets a bound column without sealing again does not compile (see statement.py). Columns in `parts` are
    sealed values that are read without the rest of the row and bind fewer columns. `revision` counts the row's writes.
    """

    bound: tuple[str, ...]
    # The open columns that are not bound, each with the reason.
    unbound: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ("sealed",)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    row: str = "id"
    revision: str = "version"

    def check(self, table: Table) -> None:
        """Raises TypeError unless every column of the table is declared once."""
        declared = ["workspace_id", self.row, self.revision, *self.columns, *self.parts, *self.bound, *self.unbound]
        names = [column.name for column in table.columns]
        if sorted(declared) != sorted(names):
            raise TypeError(f"{table.fullname}: not declared once as bound or unbound: {sorted(set(declared) ^ set(names))}")


@dataclass(frozen=True, slots=True)
class SealedAlone:
    """Declares what a sealed value outside of sealed tables is bound to, so that it can be sealed again under another key.

    For `Column(…, info=sealed_alone(…))`. Each function takes the row. `column` is the name that the value was sealed under.
    """

    row: Callable[[Mapping[str, Any]], UUID | str]
    revision: Callable[[Mapping[str, Any]], int]
    bound: Callable[[Mapping[str, Any]], bytes]
    column: str


def sealed_alone(
    row: str | Callable[[Mapping[str, Any]], UUID | str],
    *,
    revision: str | int,
    bound: Callable[[Mapping[str, Any]], bytes] = lambda _row: b"",
    column: str = "sealed",
) -> dict[str, SealedAlone]:
    """The `info` of a column with sealed values outside of sealed tables; `row` and `revision` may be names of columns."""

    def row_of(values: Mapping[str, Any]) -> UUID | str:
        named: UUID | str = values[row] if isinstance(row, str) else row(values)
        return named

    def revision_of(values: Mapping[str, Any]) -> int:
        number: int = values[revision] if isinstance(revision, str) else revision
        return number

    return {"sealed_alone": SealedAlone(row_of, revision_of, bound, column)}


def tenant(
    name: str,
    metadata: MetaData,
    *items: SchemaItem,
    grants: str = ALL,
    fixed: Collection[str] = (),
    defaulted: Collection[str] = (),
    relay_grants: str = "",
    keys_grants: str = "",
    eraser_grants: str | None = None,
    sealed: Sealed | None = None,
    care_team: Literal["reads", "changes"] | None = None,
    **options: Any,
) -> Table:
    """A table whose rows belong to one workspace each, under forced row security.

    `grants` are the app role's; its UPDATE leaves out the columns that are `fixed` once a row is written, its INSERT those that are
    `defaulted`. The eraser may delete what the app may not, unless `eraser_grants` says otherwise.
    Rows of a restricted client (`client_id`) exist for its care team alone where `care_team` "reads"; where it "changes", the others see
    them and cannot write any. Migrations hold the statements for row security and grants; the drift check compares them with what is declared here.
    """
    table = Table(name, metadata, Column("workspace_id", Uuid, nullable=False), *items, **options)
    app = _by_column("UPDATE", {"workspace_id", *fixed}, table, grants) if fixed else grants
    app = _by_column("INSERT", set(defaulted), table, app) if defaulted else app
    if eraser_grants is None:
        eraser_grants = "" if "DELETE" in grants else "DELETE"
    by_role = {"app": app, "relay": relay_grants, "keys": keys_grants, "eraser": eraser_grants}
    table.info["access"] = Access({role: granted for role, granted in by_role.items() if granted})
    if care_team is not None:
        table.info["care_team"] = care_team
    if sealed is not None:
        sealed.check(table)
        table.info["sealed"] = sealed
    return table


def _by_column(privilege: str, left_out: set[str], table: Table, grants: str) -> str:
    """The same privileges, with one of them on all columns but these."""
    names = [column.name for column in table.columns]
    if not left_out <= set(names):
        raise ValueError(f"{table.name} has no columns {sorted(left_out - set(names))}")
    granted = ", ".join(name for name in names if name not in left_out)
    return re.sub(rf"\b{privilege}\b", f"{privilege} ({granted})", grants)


def moment(name: str, *, nullable: bool = False, default_now: bool = False) -> Column[Any]:
    """A point in time, with time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if default_now else None)
