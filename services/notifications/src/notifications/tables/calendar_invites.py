"""Which appointments clients have in their own calendars, because a mail has put them there."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, PrimaryKeyConstraint, UniqueConstraint, Uuid

from chassis.db.tables import moment, sealed_alone, tenant
from notifications.tables.base import metadata

# One per appointment and client, as the newest mail tells it.
calendar_invites = tenant(
    "calendar_invites",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("appointment_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    # The address that the mail went to: there the appointment is in a calendar.
    Column("sealed", LargeBinary, nullable=False, info=sealed_alone("id", revision="revision")),
    Column("revision", BigInteger, nullable=False),
    # As SEQUENCE of iCalendar.
    Column("sequence", BigInteger, nullable=False),
    moment("starts_at"),
    moment("ends_at"),
    Column("is_cancelled", Boolean, nullable=False),
    # The reminder that has told it, or the mail that tells what has changed since.
    Column("told_by", Uuid, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_calendar_invites"),
    UniqueConstraint("workspace_id", "appointment_id", "client_id", name="calendar_invite_is_one"),
    Index("ix_calendar_invites_client", "workspace_id", "client_id"),
    Index("ix_calendar_invites_over", "starts_at"),
    fixed=("id", "appointment_id", "client_id"),
    relay_grants="SELECT",
)
