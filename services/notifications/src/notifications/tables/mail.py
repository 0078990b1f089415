"""Mail that a person is waiting for, and what may be due of all mail."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

# Mail that a person is waiting for, one row each. Without address and secret: both are requested when it is sent.
mails = tenant(
    "mails",
    metadata,
    # Also the id of the link that it carries, of the notice, of the request to pay, or of the offer.
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    # Whom a notice is for; null for links, which name their user.
    Column("user_id", Uuid),
    # What a client is asked to pay for, or told of.
    Column("appointment_id", Uuid),
    Column("status", Text, nullable=False, server_default="pending"),
    moment("next_attempt_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("sent_at", nullable=True),
    Column("last_error", Text),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_mails"),
    CheckConstraint(
        "CASE kind WHEN 'payment_request' THEN appointment_id IS NOT NULL WHEN 'calendar_update' THEN appointment_id IS NOT NULL"
        " WHEN 'cancellation_declined' THEN appointment_id IS NOT NULL WHEN 'magic_link' THEN true WHEN 'password_reset' THEN true WHEN 'invitation' THEN true WHEN 'waitlist_offer' THEN true ELSE user_id IS NOT NULL END",
        name="mail_kind_known",
    ),
    CheckConstraint("status IN ('pending', 'sending', 'sent', 'failed', 'bounced', 'dropped', 'unknown')", name="mail_status_known"),
    CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="mail_sent_facts"),
    Index("ix_mails_over", "created_at", postgresql_where=text("status NOT IN ('pending', 'sending')")),
    fixed=("id", "kind", "user_id", "appointment_id", "created_at"),
    relay_grants="SELECT",
)

# The mail that may be due, people who may be due a mail of their own, and the alerts that go on, of every workspace. Triggers on their tables
# update it. A worker has to find work
# before it knows the workspace, so this table can be read and claimed without one; it holds ids and a time only.
due_work = Table(
    "due_work",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item_id", Uuid, nullable=False),
    # While the row is claimed: when the lease expires.
    moment("due_at"),
    PrimaryKeyConstraint("workspace_id", "kind", "item_id", name="pk_due_work"),
    CheckConstraint("kind IN ('reminder', 'mail', 'alert', 'personal', 'text_message')", name="work_kind_known"),
    Index("ix_due_work", "kind", "due_at"),
)
