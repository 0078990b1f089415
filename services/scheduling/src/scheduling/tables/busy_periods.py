"""Who and what is taken when."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, PrimaryKeyConstraint, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from chassis.db.tables import moment, tenant
from scheduling.tables.base import metadata

_starts_at, _ends_at = moment("starts_at"), moment("ends_at")

# Rows are never changed: a move deletes its own and inserts others.
busy_periods = tenant(
    "busy_periods",
    metadata,
    Column("resource_kind", Text, nullable=False),
    # Of a user, a location or a client. No two of them have the same id, so keys do without the kind.
    Column("resource_id", Uuid, nullable=False),
    # With the buffers.
    _starts_at,
    _ends_at,
    Column("owner_kind", Text, nullable=False),
    # Of what takes the time.
    Column("owner_id", Uuid, nullable=False),
    Column("overbooked", Boolean, nullable=False, server_default=text("false")),
    # Of a hold: from then on nothing is in the way.
    moment("expires_at", nullable=True),
    Column("held_by", Uuid),
    PrimaryKeyConstraint("workspace_id", "resource_id", "starts_at", "owner_id", name="pk_busy_periods"),
    CheckConstraint("resource_kind IN ('practitioner', 'room', 'client')", name="busy_period_resource_known"),
    CheckConstraint("owner_kind IN ('appointment', 'hold', 'time_off')", name="busy_period_owner_known"),
    # An empty range overlaps with nothing.
    CheckConstraint("ends_at > starts_at", name="busy_period_order"),
    CheckConstraint("(owner_kind = 'hold') = (expires_at IS NOT NULL)", name="busy_period_expiry"),
    CheckConstraint("(expires_at IS NULL) = (held_by IS NULL)", name="busy_period_holder"),
    # Two concurrent transactions may both find the time free. Only the constraint sees both.
    ExcludeConstraint(
        ("workspace_id", "="),
        ("resource_id", "="),
        (func.tstzrange(_starts_at, _ends_at), "&&"),
        where=text("NOT overbooked"),
        using="gist",
        name="busy_period_conflict",
    ),
    # Few are overbooked, and every booking asks for them.
    Index("ix_busy_periods_overbooked", "workspace_id", "resource_id", "ends_at", postgresql_where=text("overbooked")),
    Index("ix_busy_periods_holds", "workspace_id", "resource_id", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    Index("ix_busy_periods_holders", "workspace_id", "held_by", "owner_id", postgresql_where=text("expires_at IS NOT NULL")),
    # A practitioner's time off is replaced as a whole.
    Index("ix_busy_periods_time_off", "workspace_id", "resource_id", postgresql_where=text("owner_kind = 'time_off'")),
    grants="SELECT, INSERT, DELETE",
)
