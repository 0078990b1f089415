"""Webhooks, what is to be delivered to each, and when each is next sent something."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SCHEMA = "notifications"
TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_active = (disabled_reason IS NULL)", name="webhook_disabled_for_a_reason"),
        sa.CheckConstraint("disabled_reason IN ('gone', 'unanswered')", name="webhook_reason_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_webhooks"),
        schema=SCHEMA,
    )
    op.create_index("ix_webhooks_created", "webhooks", ["workspace_id", "created_at", "id"], schema=SCHEMA)
    op.create_table(
        "webhook_deliveries",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column(
            "told_status",
            sa.Text(),
            sa.Computed("CASE status WHEN 'sending' THEN 'pending' ELSE status END", persisted=True),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'sending', 'delivered', 'failed')", name="webhook_delivery_status_known"),
        sa.CheckConstraint("(status = 'pending') = (next_attempt_at IS NOT NULL)", name="webhook_delivery_next_attempt"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("workspace_id", "webhook_id", "aggregate_id", "event_type", "position", name="webhook_told_once"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_webhook_deliveries_created", "webhook_deliveries", ["workspace_id", "webhook_id", "created_at", "id"], schema=SCHEMA
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["workspace_id", "webhook_id", "next_attempt_at", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_webhook_deliveries_line",
        "webhook_deliveries",
        ["workspace_id", "webhook_id", "aggregate_id", "position", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    op.create_index("ix_webhook_deliveries_aggregate", "webhook_deliveries", ["workspace_id", "aggregate_id"], schema=SCHEMA)
    op.create_index(
        "ix_webhook_deliveries_over",
        "webhook_deliveries",
        ["created_at"],
        schema=SCHEMA,
        postgresql_where=sa.text("status IN ('delivered', 'failed')"),
    )
    op.create_table(
        "webhook_queues",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "webhook_id", name="pk_webhook_queues"),
        schema=SCHEMA,
    )
    op.create_index("ix_webhook_queues_due", "webhook_queues", ["due_at"], schema=SCHEMA, postgresql_where=sa.text("due_at IS NOT NULL"))
    for table in ("webhooks", "webhook_deliveries"):
        op.execute(f"ALTER TABLE notifications.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON notifications.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (sealed, version, is_active, disabled_reason, former_until), DELETE"
        " ON notifications.webhooks TO notifications_app"
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (status, told_status, attempts, response_status, last_error, next_attempt_at, give_up_at), DELETE"
        " ON notifications.webhook_deliveries TO notifications_app"
    )
    op.execute("CREATE POLICY relay ON notifications.webhook_deliveries TO notifications_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT (workspace_id, id, status, created_at) ON notifications.webhook_deliveries TO notifications_relay")
    # Added and deleted inside a workspace, but found and claimed across them.
    op.execute("ALTER TABLE notifications.webhook_queues ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_insert ON notifications.webhook_queues FOR INSERT WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_delete ON notifications.webhook_queues FOR DELETE USING ({TENANT})")
    op.execute("CREATE POLICY senders_find ON notifications.webhook_queues FOR SELECT USING (true)")
    op.execute("CREATE POLICY senders_claim ON notifications.webhook_queues FOR UPDATE USING (true) WITH CHECK (true)")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (due_at, rests_until, leased_until, failures, succeeded_at), DELETE"
        " ON notifications.webhook_queues TO notifications_app"
    )


def downgrade() -> None:
    for table in ("webhook_queues", "webhook_deliveries", "webhooks"):
        op.drop_table(table, schema=SCHEMA)
