"""The tables of notifications: when clients are reminded, of what, and every mail with what became of it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.db.system_tables import chassis_tables
from chassis.db.tables import moment, tenant

metadata = MetaData(schema="notifications")

reminder_configurations = tenant(
    "reminder_configurations",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("hours_before", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("template_id", Uuid),
    Column("is_active", Boolean, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_reminder_configurations"),
    CheckConstraint("hours_before BETWEEN 1 AND 720", name="hours_before_range"),
    CheckConstraint("channel IN ('email')", name="channel_known"),
    Index("reminder_rule_exists", "workspace_id", "hours_before", "channel", unique=True, postgresql_where=text("is_active")),
)

# What is known here of the calendar, by the newest event seen; one that ended before it was known has neither client nor start.
appointments = tenant(
    "appointments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid),
    moment("starts_at", nullable=True),
    Column("is_open", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_appointments"),
    CheckConstraint("NOT is_open OR (client_id IS NOT NULL AND starts_at IS NOT NULL)", name="open_appointment_complete"),
    Index("ix_appointments_open", "workspace_id", "starts_at", postgresql_where=text("is_open")),
    Index("ix_appointments_client", "workspace_id", "client_id"),
)

reminders = tenant(
    "reminders",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("appointment_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("hours_before", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    # The version of the appointment it was planned by, and the start it speaks of.
    Column("appointment_version", BigInteger, nullable=False),
    moment("starts_at"),
    moment("due_at"),
    Column("status", Text, nullable=False, server_default="pending"),
    # As people are told: one that is being sent has not gone out yet.
    Column("told_status", Text, Computed("CASE status WHEN 'sending' THEN 'pending' ELSE status END", persisted=True), nullable=False),
    # When a sender is to look at it next: due_at at first, later after a mail that was not taken.
    moment("next_attempt_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("sent_at", nullable=True),
    # A code, never a mail server's words: those quote addresses.
    Column("last_error", Text),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_reminders"),
    UniqueConstraint(
        "workspace_id", "appointment_id", "hours_before", "channel", "appointment_version", name="reminder_planned_once"
    ),
    CheckConstraint(
        "status IN ('pending', 'sending', 'sent', 'failed', 'bounced', 'cancelled', 'skipped', 'unknown')", name="reminder_status_known"
    ),
    CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="reminder_sent_facts"),
    Index("ix_reminders_due", "workspace_id", "due_at", "id"),
    Index("ix_reminders_status", "workspace_id", "told_status", "due_at", "id"),
    Index("ix_reminders_client", "workspace_id", "client_id", "due_at", "id"),
    Index("ix_reminders_appointment", "workspace_id", "appointment_id", "due_at", "id"),
    # One reminder per rule waits for its time; those that went out stay beside it.
    Index(
        "reminder_waits_once",
        "workspace_id", "appointment_id", "hours_before", "channel",
        unique=True,
        postgresql_where=text("status = 'pending'"),
    ),
)  # fmt: skip

# How many reminders of each status are due on each UTC day; kept by the trigger `keep_figures` at every commit.
reminder_figures = tenant(
    "reminder_figures",
    metadata,
    Column("day", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("reminder_count", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "day", "status", name="pk_reminder_figures"),
)

# Mail that a person is waiting for, one row each; no address and no secret, which are asked for when it is sent.
mails = tenant(
    "mails",
    metadata,
    # Also the id of the magic link it carries.
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="pending"),
    moment("next_attempt_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("sent_at", nullable=True),
    Column("last_error", Text),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_mails"),
    CheckConstraint("kind IN ('magic_link')", name="mail_kind_known"),
    CheckConstraint("status IN ('pending', 'sending', 'sent', 'failed', 'bounced', 'dropped', 'unknown')", name="mail_status_known"),
    CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="mail_sent_facts"),
)

# What a sender may have to do, of every workspace; kept by triggers on the two tables above. A sender must find work
# before it knows whose it is, so this table alone can be read and claimed without a workspace: ids and a time.
due_work = Table(
    "due_work",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item_id", Uuid, nullable=False),
    # While somebody holds a claim: when it lapses.
    moment("due_at"),
    PrimaryKeyConstraint("workspace_id", "kind", "item_id", name="pk_due_work"),
    CheckConstraint("kind IN ('reminder', 'mail')", name="work_kind_known"),
    Index("ix_due_work", "kind", "due_at"),
)

chassis_tables(metadata)
