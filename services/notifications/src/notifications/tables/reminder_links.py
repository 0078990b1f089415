"""What clients can answer to a reminder: the links that were mailed, and who wants no more of them."""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Text, Uuid, text

from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

# One per mail. Of its token only the hash is here.
reminder_links = tenant(
    "reminder_links",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("appointment_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    # The start that the mail has announced, and in which time zone.
    moment("starts_at"),
    Column("time_zone", Text, nullable=False),
    moment("created_at"),
    moment("confirmed_at", nullable=True),
    # When the client has last said that they cannot come, and when the practice has answered that the appointment stays. Asking again unsets it.
    moment("cancelled_at", nullable=True),
    moment("declined_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_reminder_links"),
    Index("ix_reminder_links_client", "workspace_id", "client_id"),
    Index("ix_reminder_links_over", "starts_at"),
    Index("ix_reminder_links_asked", "workspace_id", "appointment_id", postgresql_where=text("cancelled_at IS NOT NULL")),
    fixed=("id", "token_hash", "appointment_id", "client_id", "channel", "starts_at", "time_zone", "created_at"),
    relay_grants="SELECT",
)

reminder_opt_outs = tenant(
    "reminder_opt_outs",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    moment("opted_out_at"),
    PrimaryKeyConstraint("workspace_id", "client_id", "channel", name="pk_reminder_opt_outs"),
    Index("ix_reminder_opt_outs_newest", "workspace_id", "opted_out_at", "client_id"),
    grants="SELECT, INSERT, DELETE",
)
