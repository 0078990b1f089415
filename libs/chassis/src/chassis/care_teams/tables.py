"""The tables by which a service knows whose record is opened by whom."""

from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Index, MetaData, PrimaryKeyConstraint, Table, Uuid, text
from sqlalchemy.schema import SchemaItem

from chassis.db.tables import moment, tenant


@dataclass(frozen=True, slots=True)
class AccessTables:
    # Clients that are restricted, or were. An erased client keeps its row.
    teams: Table
    # Who broke the glass: one row opens one client's record to one user until its time is over.
    glass: Table


def access_tables(metadata: MetaData) -> AccessTables:
    """Adds the tables `client_access` and `broken_glass`, as clients tells a service of its own."""
    return AccessTables(care_teams(metadata), broken_glass(metadata))


def care_teams(metadata: MetaData, *more: SchemaItem) -> Table:
    return tenant(
        "client_access",
        metadata,
        Column("client_id", Uuid, nullable=False),
        # What is told with a lower one is older.
        Column("version", BigInteger, nullable=False),
        Column("restricted", Boolean, nullable=False),
        Column("user_ids", ARRAY(Uuid), nullable=False),
        PrimaryKeyConstraint("workspace_id", "client_id", name="pk_client_access"),
        Index("ix_client_access_restricted", "workspace_id", postgresql_where=text("restricted")),
        *more,
        fixed=("client_id",),
        grants="SELECT, INSERT, UPDATE",
    )


def broken_glass(metadata: MetaData) -> Table:
    return tenant(
        "broken_glass",
        metadata,
        Column("id", Uuid, nullable=False),
        Column("client_id", Uuid, nullable=False),
        Column("user_id", Uuid, nullable=False),
        moment("expires_at"),
        PrimaryKeyConstraint("workspace_id", "id", name="pk_broken_glass"),
        Index("ix_broken_glass_client", "workspace_id", "client_id", "user_id", "expires_at"),
        grants="SELECT, INSERT, DELETE",
    )
