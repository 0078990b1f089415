"""Webhooks, what is to be delivered to each, and when each is next sent something."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.db.tables import moment, sealed_alone, tenant
from notifications.tables.base import metadata

webhooks = tenant(
    "webhooks",
    metadata,
    Column("id", Uuid, nullable=False),
    # The address, which may hold a credential, and the secrets that sign.
    Column("sealed", LargeBinary, nullable=False, info=sealed_alone("id", revision="version")),
    Column("version", BigInteger, nullable=False),
    Column("event_types", ARRAY(Text), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("disabled_reason", Text),
    # Until then the former secret signs, too.
    moment("former_until", nullable=True),
    Column("created_by", Uuid, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_webhooks"),
    CheckConstraint("is_active = (disabled_reason IS NULL)", name="webhook_disabled_for_a_reason"),
    CheckConstraint("disabled_reason IN ('gone', 'unanswered')", name="webhook_reason_known"),
    Index("ix_webhooks_created", "workspace_id", "created_at", "id"),
    fixed=("id", "event_types", "created_by", "created_at"),
)

webhook_deliveries = tenant(
    "webhook_deliveries",
    metadata,
    # Also the message's id, which every attempt repeats.
    Column("id", Uuid, nullable=False),
    Column("webhook_id", Uuid, nullable=False),
    Column("event_type", Text, nullable=False),
    # What the event is about, and the event's place among those about the same.
    Column("aggregate_id", Uuid, nullable=False),
    Column("position", BigInteger, nullable=False),
    # The message as it is signed and sent: ids, types and times.
    Column("body", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="pending"),
    # The public status: one that is being sent is shown as pending.
    Column("told_status", Text, Computed("CASE status WHEN 'sending' THEN 'pending' ELSE status END", persisted=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("response_status", Integer),
    # A code, never what the receiver answered.
    Column("last_error", Text),
    # Null when there is none.
    moment("next_attempt_at", nullable=True),
    moment("give_up_at"),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_webhook_deliveries"),
    UniqueConstraint("workspace_id", "webhook_id", "aggregate_id", "event_type", "position", name="webhook_told_once"),
    CheckConstraint("status IN ('pending', 'sending', 'delivered', 'failed')", name="webhook_delivery_status_known"),
    CheckConstraint("(status = 'pending') = (next_attempt_at IS NOT NULL)", name="webhook_delivery_next_attempt"),
    Index("ix_webhook_deliveries_created", "workspace_id", "webhook_id", "created_at", "id"),
    Index(
        "ix_webhook_deliveries_due",
        "workspace_id", "webhook_id", "next_attempt_at", "id",
        postgresql_where=text("status = 'pending'"),
    ),
    # Whatever comes before another one about the same, and is not settled.
    Index(
        "ix_webhook_deliveries_line",
        "workspace_id", "webhook_id", "aggregate_id", "position", "id",
        postgresql_where=text("status IN ('pending', 'sending')"),
    ),
    Index("ix_webhook_deliveries_aggregate", "workspace_id", "aggregate_id"),
    Index("ix_webhook_deliveries_over", "created_at", postgresql_where=text("status IN ('delivered', 'failed')")),
    fixed=("id", "webhook_id", "event_type", "aggregate_id", "position", "body", "created_at"),
    relay_grants="SELECT (workspace_id, id, status, created_at)",
)  # fmt: skip

# One row for each webhook. A sender has to find work before it knows the workspace, so this table can be read and claimed without one; it
# holds ids, times and a number only. Whoever adds, claims or settles a delivery locks the webhook's row first.
webhook_queues = Table(
    "webhook_queues",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("webhook_id", Uuid, nullable=False),
    # When its next delivery is to be sent; null when there is none.
    moment("due_at", nullable=True),
    # Not before: it has asked for a pause, or does not answer.
    moment("rests_until", nullable=True),
    # While it is claimed: until when.
    moment("leased_until", nullable=True),
    # Attempts since the last one that was answered with success.
    Column("failures", Integer, nullable=False, server_default="0"),
    moment("succeeded_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "webhook_id", name="pk_webhook_queues"),
    Index("ix_webhook_queues_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
)
