"""Reminder rules, copies of the appointments they are about, the reminders themselves, and who consents to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.db.counters import FOLDED_GRANTS, counter
from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

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
    CheckConstraint("channel IN ('email', 'sms')", name="channel_known"),
    ForeignKeyConstraint(
        ["workspace_id", "template_id"],
        ["notifications.reminder_templates.workspace_id", "notifications.reminder_templates.id"],
        name="reminder_template_not_found",
    ),
    Index("reminder_rule_exists", "workspace_id", "hours_before", "channel", unique=True, postgresql_where=text("is_active")),
    Index("ix_reminder_configurations_template", "workspace_id", "template_id", postgresql_where=text("template_id IS NOT NULL")),
    fixed=("id", "created_at"),
)

# Copies of appointments, as of the newest event seen. One that was closed before its booking was seen has no client and start.
appointments = tenant(
    "appointments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid),
    moment("starts_at", nullable=True),
    Column("is_open", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    # When its first event was seen: what is closed before its booking is seen has no start.
    moment("seen_at", default_now=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_appointments"),
    CheckConstraint("NOT is_open OR (client_id IS NOT NULL AND starts_at IS NOT NULL)", name="open_appointment_complete"),
    Index("ix_appointments_open", "workspace_id", "starts_at", postgresql_where=text("is_open")),
    Index("ix_appointments_client", "workspace_id", "client_id"),
    Index("ix_appointments_over", text("coalesce(starts_at, seen_at)")),
    relay_grants="SELECT",
)

reminders = tenant(
    "reminders",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("appointment_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("hours_before", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    # The version of the appointment the reminder was planned from, and the start it announces.
    Column("appointment_version", BigInteger, nullable=False),
    moment("starts_at"),
    moment("due_at"),
    Column("status", Text, nullable=False, server_default="pending"),
    # The public status: a reminder that is being sent is shown as pending.
    Column("told_status", Text, Computed("CASE status WHEN 'sending' THEN 'pending' ELSE status END", persisted=True), nullable=False),
    # The time of the next attempt: due_at at first, later after a mail that was not accepted.
    moment("next_attempt_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("sent_at", nullable=True),
    # A code, never the mail server's reply, which may quote an address.
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
    # An appointment has at most one pending reminder per rule, and any number of sent ones.
    Index(
        "reminder_waits_once",
        "workspace_id", "appointment_id", "hours_before", "channel",
        unique=True,
        postgresql_where=text("status = 'pending'"),
    ),
    Index("ix_reminders_over", "starts_at", postgresql_where=text("status NOT IN ('pending', 'sending')")),
    relay_grants="SELECT",
)  # fmt: skip

# The consents to reminders that are known, and which of them were withdrawn. A client who has given some and withdrawn them all gets no
# reminder; one who has given none was never asked, and does. Nothing is ever taken back of a row, so the order of events does not matter.
reminder_consents = tenant(
    "reminder_consents",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("consent_id", Uuid, nullable=False),
    Column("is_withdrawn", Boolean, nullable=False),
    PrimaryKeyConstraint("workspace_id", "client_id", "consent_id", name="pk_reminder_consents"),
    fixed=("client_id", "consent_id"),
)

# The number of reminders per UTC day and public status. The trigger `keep_figures` appends a change with every reminder.
reminder_counters = counter(
    "reminder_counter_changes",
    tenant(
        "reminder_figures",
        metadata,
        Column("day", Date, nullable=False),
        Column("status", Text, nullable=False),
        Column("reminder_count", BigInteger, nullable=False),
        PrimaryKeyConstraint("workspace_id", "day", "status", name="pk_reminder_figures"),
        grants="SELECT",
        relay_grants=FOLDED_GRANTS,
    ),
    metadata,
    counts=["reminder_count"],
)

# Whom the reminders of clients who were merged go to, also those that events ask for which come late.
merged_clients = tenant(
    "merged_clients",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("merged_into", Uuid, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_merged_clients"),
)
