"""Builds tables with a workspace_id under row security, and timestamptz columns."""

from dataclasses import dataclass
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

ALL = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True, slots=True)
class Access:
    """Privileges on a table under row security: the app role's in one workspace, the relay role's across workspaces."""

    app: str
    relay: str = ""


def tenant(name: str, metadata: MetaData, *items: SchemaItem, grants: str = ALL, relay_grants: str = "", **options: Any) -> Table:
    """A table whose rows belong to one workspace each, under forced row security.

    Migrations hold the statements for row security and grants; the drift check compares them with what is declared here.
    """
    access = Access(grants, relay_grants)
    return Table(name, metadata, Column("workspace_id", Uuid, nullable=False), *items, info={"access": access}, **options)


def moment(name: str, *, nullable: bool = False, default_now: bool = False) -> Column[Any]:
    """A point in time, with time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if default_now else None)
