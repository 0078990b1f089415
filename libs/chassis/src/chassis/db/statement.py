"""Statements: SQLAlchemy Core expressions compiled once, at import, to the SQL that asyncpg runs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.expression import ClauseElement, FunctionElement, SelectBase, TextClause

_DIALECT: Any = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]

_WITHOUT_EFFECT = frozenset(
    [
        "any",
        "array_agg",
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
    ]
)


class Statement:
    """SQL text and the names of its parameters, in order."""

    __slots__ = ("_defaults", "names", "only_reads", "sql")

    def __init__(self, sql: str, names: tuple[str, ...], defaults: Mapping[str, Any], *, only_reads: bool = False) -> None:
        self.sql = sql
        self.names = names
        # That it changes nothing and holds nothing to the end of its transaction: certain, or not said.
        self.only_reads = only_reads
        self._defaults = defaults

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in the statement's order; a name it does not know, or lacks, is a TypeError."""
        defaults, names = self._defaults, self.names
        missing = [name for name in names if name not in given and name not in defaults]
        unknown = [name for name in given if name not in names]
        if missing or unknown:
            raise TypeError(f"missing {missing}, unknown {unknown}: {self.sql}")
        return [given[name] if name in given else defaults[name] for name in names]


def statement(expression: ClauseElement) -> Statement:
    """Compiles a Core expression; bind parameters keep their names, literals their values."""
    compiled = expression.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    names = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]
    defaults = {name: compiled.params[name] for name in names if not compiled.binds[name].required}  # type: ignore[attr-defined]
    return Statement(str(compiled), names, defaults, only_reads=_only_reads(expression))


def _only_reads(expression: ClauseElement) -> bool:
    """Whether it is made of nothing but SELECTs that take no locks, and of functions known to have no effect."""
    for part in visitors.iterate(expression):
        if isinstance(part, UpdateBase | TextClause) or getattr(part, "_for_update_arg", None) is not None:
            return False
        if isinstance(part, FunctionElement) and part.name.lower() not in _WITHOUT_EFFECT:
            return False
    return isinstance(expression, SelectBase)
