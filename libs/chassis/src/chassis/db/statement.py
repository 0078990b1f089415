"""SQLAlchemy Core expressions compiled once, at import, to the SQL that asyncpg runs.

A statement says whether it reads or writes: `query` compiles what only reads, `command` everything else. Both hold the
expression to it, since queries of one workspace may share a transaction, in which a write or a lock would outlive its call.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Insert, Update, UpdateBase
from sqlalchemy.sql.expression import ClauseElement, ColumnClause, FunctionElement, Select, SelectBase, TextClause

from chassis.db.tables import Sealed

_DIALECT: Any = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]

# Functions that neither change nor lock anything, and do not depend on when their transaction began, as now() does.
_WITHOUT_EFFECT = frozenset(
    [
        "all",
        "any",
        "array",
        "array_agg",
        "bit_xor",
        "bool_and",
        "cast",
        "coalesce",
        "concat",
        "count",
        "encode",
        "extract",
        "greatest",
        "least",
        "lower",
        "max",
        "min",
        "nullif",
        "row_number",
        "sum",
        "timezone",
        "unnest",
        "upper",
        "uuid_hash_extended",
        "width_bucket",
    ]
)
# As in count(*) and ORDER BY 1.
_LOCKS = {"pg_advisory_xact_lock", "pg_advisory_xact_lock_shared"}
_PARAMETER = re.compile(r"\$([0-9]+)")
_STAR_OR_POSITION = re.compile(r"[0-9]+|\*")


class Statement:
    """SQL text and the names of its parameters, in order.

    `reads` is true for a query, false for a command. `only_locks` is true for a command that takes an advisory lock and does no more.
    """

    __slots__ = ("_defaults", "names", "only_locks", "reads", "sql")

    def __init__(self, sql: str, names: tuple[str, ...], defaults: Mapping[str, Any], *, reads: bool, only_locks: bool = False) -> None:
        self.sql = sql
        self.names = names
        self.reads = reads
        self.only_locks = only_locks
        self._defaults = defaults

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the statement's order; a name it does not know, or lacks, is a TypeError."""
        defaults, names = self._defaults, self.names
        missing = [name for name in names if name not in values and name not in defaults]
        unknown = [name for name in values if name not in names]
        if missing or unknown:
            raise TypeError(f"missing {missing}, unknown {unknown}: {self.sql}")
        return [values[name] if name in values else defaults[name] for name in names]

    def written_out(self, arguments: Sequence[Any]) -> str | None:
        """The SQL text with its arguments in it; None unless they are UUIDs, lists of them and integers, which need no quoting."""
        texts = [text for argument in arguments if (text := _written_out(argument)) is not None]
        if len(texts) < len(arguments):
            return None
        return _PARAMETER.sub(lambda place: texts[int(place[1]) - 1], self.sql)


def _written_out(argument: Any) -> str | None:
    match argument:
        case UUID():
            return f"'{argument}'"
        case int() if type(argument) is int:
            return str(argument)
        case list() if all(isinstance(each, UUID) for each in argument):
            return "'{" + ",".join(map(str, argument)) + "}'"
        case _:
            return None


def query(expression: ClauseElement) -> Statement:
    """Compiles an expression that only reads: SELECTs without locks, of functions known to have no effect. Else TypeError."""
    if doubt := _doubt(expression):
        raise TypeError(f"a query only reads, and this has {doubt}; declare a command: {expression}")
    return _compile(expression, reads=True)


def command(expression: ClauseElement) -> Statement:
    """Compiles an expression that writes, locks, or depends on its transaction's time. TypeError for one that only reads."""
    if not _doubt(expression):
        raise TypeError(f"this only reads; declare a query: {expression}")
    for part in visitors.iterate(expression):
        if isinstance(part, Update | Insert):
            _check_sealed(part)
    return _compile(expression, reads=False, only_locks=_only_locks(expression))


def _compile(expression: ClauseElement, *, reads: bool, only_locks: bool = False) -> Statement:
    """Bind parameters keep their names, literals their values."""
    compiled = expression.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    names = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]
    defaults = {name: compiled.params[name] for name in names if not compiled.binds[name].required}  # type: ignore[attr-defined]
    return Statement(str(compiled), names, defaults, reads=reads, only_locks=only_locks)


def _only_locks(expression: ClauseElement) -> bool:
    return isinstance(expression, Select) and all(
        isinstance(column, FunctionElement) and column.name in _LOCKS for column in expression.selected_columns
    )


def _doubt(expression: ClauseElement) -> str:
    """What keeps an expression from being known to only read; empty when nothing does."""
    if not isinstance(expression, SelectBase):
        return "no SELECT at its top"
    for part in visitors.iterate(expression):
        match part:
            case UpdateBase():
                return "a part that writes"
            case TextClause():
                return "SQL text of its own"
            case ColumnClause(is_literal=True) if not _STAR_OR_POSITION.fullmatch(part.name):
                return "SQL text of its own"
            case FunctionElement() if part.name.lower() not in _WITHOUT_EFFECT:
                return f"the function {part.name}"
            case _ if getattr(part, "_for_update_arg", None) is not None:
                return "a lock"
    return ""


def _check_sealed(write: Update | Insert) -> None:
    """TypeError for a change of a column that is bound into a sealed value, unless the statement writes all sealed values and the revision."""
    table: Any = write.table
    sealed: Sealed | None = getattr(table, "info", {}).get("sealed")
    changed = _changed_columns(write)
    if sealed is None or not changed.intersection((sealed.row, sealed.revision, *sealed.columns, *sealed.parts, *sealed.bound)):
        return
    written = [sealed.revision, *(name for name in (*sealed.columns, *sealed.parts) if not table.c[name].nullable)]
    if missing := [name for name in written if name not in changed]:
        raise TypeError(f"columns that are bound into a sealed value change, and {missing} do not: {write}")


def _changed_columns(write: Update | Insert) -> frozenset[str]:
    """The columns of existing rows that the statement sets."""
    columns: Any = write._values if isinstance(write, Update) else getattr(write._post_values_clause, "update_values_to_set", None)  # noqa: SLF001 - no public name
    return frozenset(str(getattr(column, "name", column)) for column in dict(columns or ()))
