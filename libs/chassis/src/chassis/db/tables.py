"""How a tenant table begins."""

from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    Table,
    Uuid,
    func,
)
from sqlalchemy.schema import SchemaItem


def tenant(name: str, metadata: MetaData, *items: SchemaItem, **options: Any) -> Table:
    """A table whose rows belong to one workspace each; `secure` puts row security on it in its migration."""
    return Table(name, metadata, Column("workspace_id", Uuid, nullable=False), *items, **options)


def moment(name: str, *, nullable: bool = False, default_now: bool = False) -> Column[Any]:
    """A point in time, with time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if default_now else None)
