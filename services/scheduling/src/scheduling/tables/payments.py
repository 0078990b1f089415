"""How clients pay, and what they were asked to pay."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    Uuid,
)

from chassis.db.tables import moment, tenant
from scheduling.tables.base import metadata

# How the clients of a workspace pay, in one row.
payment_settings = tenant(
    "payment_settings",
    metadata,
    Column("payment_mode", Text),
    Column("bank_account_details", Text),
    Column("payment_link_type", Text),
    Column("payment_link_template", Text),
    Column("payment_provider", Text),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_payment_settings"),
    CheckConstraint("payment_mode IN ('manual', 'smart_link')", name="payment_mode_known"),
    CheckConstraint("payment_link_type IN ('bit', 'paybox', 'bank', 'custom')", name="payment_link_type_known"),
    grants="SELECT, INSERT, UPDATE",
)

# The requests to pay that clients were sent, each by a mail of its own.
payment_requests = tenant(
    "payment_requests",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("appointment_id", Uuid, nullable=False),
    Column("requested_by", Uuid, nullable=False),
    moment("requested_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_payment_requests"),
    ForeignKeyConstraint(
        ["workspace_id", "appointment_id"],
        ["scheduling.appointments.workspace_id", "scheduling.appointments.id"],
        name="fk_payment_requests_appointment",
        ondelete="CASCADE",
    ),
    Index("ix_payment_requests_appointment", "workspace_id", "appointment_id", "requested_at"),
    grants="SELECT, INSERT",
)
