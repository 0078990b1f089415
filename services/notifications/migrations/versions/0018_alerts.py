"""Alerts, the steps that they take, policies, who stands in, and the log of the live streams."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SCHEMA = "notifications"
TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

# A row of work exists exactly as long as something is to be done about the alert in the future.
KEEP_DUE_ALERTS = """
CREATE FUNCTION notifications.keep_due_alerts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    next_step_at timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = OLD.workspace_id AND kind = 'alert' AND item_id = OLD.id;
        RETURN NULL;
    END IF;
    next_step_at := CASE NEW.status WHEN 'active' THEN LEAST(NEW.escalates_at, NEW.expires_at) WHEN 'acknowledged' THEN NEW.expires_at END;
    IF next_step_at IS NULL THEN
        DELETE FROM notifications.due_work WHERE workspace_id = NEW.workspace_id AND kind = 'alert' AND item_id = NEW.id;
    ELSE
        INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
        VALUES (NEW.workspace_id, 'alert', NEW.id, next_step_at)
        ON CONFLICT (workspace_id, kind, item_id) DO UPDATE SET due_at = excluded.due_at;
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.due_work DROP CONSTRAINT work_kind_known")
    op.execute("ALTER TABLE notifications.due_work ADD CONSTRAINT work_kind_known CHECK (kind IN ('reminder', 'mail', 'alert'))")
    _create_alerts()
    _create_policies()
    _create_feeds()


def _create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("alert_type", sa.Text(), nullable=False),
        sa.Column("room_number", sa.Text(), nullable=True),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalates_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_alerts"),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high', 'critical')", name="alert_priority_known"),
        sa.CheckConstraint("status IN ('active', 'acknowledged', 'resolved', 'cancelled')", name="alert_status_known"),
        sa.CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="alert_acknowledgement_whole"),
        sa.CheckConstraint("status <> 'acknowledged' OR acknowledged_at IS NOT NULL", name="alert_acknowledged_facts"),
        sa.CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL AND resolved_by IS NOT NULL)", name="alert_resolved_facts"),
        schema=SCHEMA,
    )
    for column in ("status", "priority", "department_id"):
        name = "ix_alerts_" + column.removesuffix("_id")
        op.create_index(name, "alerts", ["workspace_id", column, "created_at", "id"], schema=SCHEMA)
    op.create_index("ix_alerts_created", "alerts", ["workspace_id", "created_at", "id"], schema=SCHEMA)
    _secure("alerts")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (version, status, escalation_level, acknowledged_by, acknowledged_at, resolved_by, resolved_at,"
        " escalates_at, sealed, updated_at) ON notifications.alerts TO notifications_app"
    )
    op.execute("GRANT DELETE ON notifications.alerts TO notifications_eraser")
    op.execute(KEEP_DUE_ALERTS)
    op.execute("REVOKE EXECUTE ON FUNCTION notifications.keep_due_alerts() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER keep_due_alerts AFTER INSERT OR UPDATE OR DELETE ON notifications.alerts"
        " FOR EACH ROW EXECUTE FUNCTION notifications.keep_due_alerts()"
    )
    op.create_table(
        "alert_escalations",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("alert_version", sa.BigInteger(), nullable=False),
        sa.Column("from_level", sa.Integer(), nullable=False),
        sa.Column("to_level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_alert_escalations"),
        sa.UniqueConstraint("workspace_id", "alert_id", "alert_version", "to_level", name="alert_step_taken_once"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "alert_id"],
            ["notifications.alerts.workspace_id", "notifications.alerts.id"],
            name="fk_alert_escalations_alert",
        ),
        sa.CheckConstraint("reason IN ('timeout', 'manual', 'no_response')", name="escalation_reason_known"),
        schema=SCHEMA,
    )
    _secure("alert_escalations")
    op.execute("GRANT SELECT, INSERT ON notifications.alert_escalations TO notifications_app")
    op.execute("GRANT DELETE ON notifications.alert_escalations TO notifications_eraser")
    op.create_table(
        "alert_mails",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_alert_mails"),
        sa.UniqueConstraint("workspace_id", "escalation_id", "user_id", name="alert_mailed_once_a_step"),
        schema=SCHEMA,
    )
    op.create_index("ix_alert_mails_over", "alert_mails", ["created_at"], schema=SCHEMA)
    _secure("alert_mails", relay=True)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.alert_mails TO notifications_app")


def _create_policies() -> None:
    op.create_table(
        "escalation_policies",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("repeat_last_every_seconds", sa.Integer(), nullable=True),
        sa.Column("levels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "priority", name="pk_escalation_policies"),
        sa.CheckConstraint("priority IN ('low', 'medium', 'high', 'critical', 'default')", name="policy_priority_known"),
        schema=SCHEMA,
    )
    _secure("escalation_policies")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (repeat_last_every_seconds, levels, updated_at), DELETE ON notifications.escalation_policies"
        " TO notifications_app"
    )
    op.create_table(
        "on_call_overrides",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_user_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_on_call_overrides"),
        sa.CheckConstraint("starts_at < ends_at", name="override_has_an_end"),
        schema=SCHEMA,
    )
    op.create_index("ix_on_call_overrides_start", "on_call_overrides", ["workspace_id", "starts_at", "id"], schema=SCHEMA)
    op.create_index("ix_on_call_overrides_end", "on_call_overrides", ["workspace_id", "ends_at"], schema=SCHEMA)
    op.create_index("ix_on_call_overrides_over", "on_call_overrides", ["ends_at"], schema=SCHEMA)
    _secure("on_call_overrides", relay=True)
    op.execute("GRANT SELECT, INSERT, DELETE ON notifications.on_call_overrides TO notifications_app")


def _create_feeds() -> None:
    op.create_table(
        "alert_feeds",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Uuid(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_alert_feeds"),
        schema=SCHEMA,
    )
    # Moved within a workspace, but asked for across them: gateways ask which workspaces have moved.
    for statement in (
        "ALTER TABLE notifications.alert_feeds ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant_insert ON notifications.alert_feeds FOR INSERT WITH CHECK ({TENANT})",
        f"CREATE POLICY tenant_update ON notifications.alert_feeds FOR UPDATE USING ({TENANT}) WITH CHECK ({TENANT})",
        f"CREATE POLICY tenant_delete ON notifications.alert_feeds FOR DELETE USING ({TENANT})",
        "CREATE POLICY gateways_ask ON notifications.alert_feeds FOR SELECT USING (true)",
        "GRANT SELECT, INSERT, UPDATE (last_sequence) ON notifications.alert_feeds TO notifications_app",
        "GRANT DELETE ON notifications.alert_feeds TO notifications_eraser",
    ):
        op.execute(statement)
    op.create_table(
        "alert_changes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "sequence", name="pk_alert_changes"),
        sa.CheckConstraint(
            "kind IN ('raised', 'escalated', 'acknowledged', 'resolved', 'cancelled', 'expired')", name="alert_change_known"
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_alert_changes_over", "alert_changes", ["changed_at"], schema=SCHEMA)
    _secure("alert_changes", relay=True)
    op.execute("GRANT SELECT, INSERT, DELETE ON notifications.alert_changes TO notifications_app")


def _secure(table: str, *, relay: bool = False) -> None:
    op.execute(f"ALTER TABLE notifications.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    if relay:
        op.execute(f"CREATE POLICY relay ON notifications.{table} TO notifications_relay USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT ON notifications.{table} TO notifications_relay")


def downgrade() -> None:
    for table in (
        "alert_changes",
        "alert_feeds",
        "on_call_overrides",
        "escalation_policies",
        "alert_mails",
        "alert_escalations",
        "alerts",
    ):
        op.drop_table(table, schema=SCHEMA)
    op.execute("DROP FUNCTION notifications.keep_due_alerts()")
    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notifications.due_work WHERE kind = 'alert'")
    op.execute("DELETE FROM notifications.mails WHERE kind IN ('alert', 'alert_unattended')")
    op.execute(
        "DELETE FROM notifications.due_work AS due WHERE kind = 'mail' AND NOT EXISTS ("
        "SELECT FROM notifications.mails AS mail WHERE mail.workspace_id = due.workspace_id AND mail.id = due.item_id)"
    )
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE notifications.due_work DROP CONSTRAINT work_kind_known")
    op.execute("ALTER TABLE notifications.due_work ADD CONSTRAINT work_kind_known CHECK (kind IN ('reminder', 'mail'))")
