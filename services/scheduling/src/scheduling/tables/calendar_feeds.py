"""Calendars for other programs."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, PrimaryKeyConstraint, Uuid

from chassis.db.tables import moment, tenant
from scheduling.tables.base import metadata

calendar_feeds = tenant(
    "calendar_feeds",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("practitioner_id", Uuid, nullable=False),
    # SHA-256 of the address's secret.
    Column("token_hash", LargeBinary, nullable=False),
    Column("shows_initials", Boolean, nullable=False),
    moment("created_at"),
    moment("last_read_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_calendar_feeds"),
    Index("ix_calendar_feeds_practitioner", "workspace_id", "practitioner_id", "created_at"),
    grants="SELECT, INSERT, UPDATE (last_read_at), DELETE",
)
