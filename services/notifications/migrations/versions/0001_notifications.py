"""When clients are reminded, of what, and every mail with what became of it."""

import sqlalchemy as sa
from alembic import op

from chassis.migrations.runner import TENANT, create_chassis_tables, drop_chassis_tables, secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "notifications"

# A row of work exists exactly as long as its reminder or mail may still have to be sent. While it is being sent the
# row belongs to whoever claimed it.
KEEP_DUE_WORK = """
CREATE FUNCTION notifications.keep_due_work() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = OLD.workspace_id AND kind = TG_ARGV[0] AND item_id = OLD.id;
    ELSIF NEW.status = 'pending' THEN
        INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
        VALUES (NEW.workspace_id, TG_ARGV[0], NEW.id, NEW.next_attempt_at)
        ON CONFLICT (workspace_id, kind, item_id) DO UPDATE SET due_at = excluded.due_at;
    ELSIF NEW.status <> 'sending' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = NEW.workspace_id AND kind = TG_ARGV[0] AND item_id = NEW.id;
    END IF;
    RETURN NULL;
END $$
"""

# At the commit, so that a day's figures are locked by one commit at a time and not by whole calls; in order of day and
# status, so that no two commits of one reminder wait for each other.
KEEP_FIGURES = """
CREATE FUNCTION notifications.keep_figures() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO notifications.reminder_figures AS kept (workspace_id, day, status, reminder_count)
    SELECT workspace_id, (due_at AT TIME ZONE 'UTC')::date, status, sum(change)
    FROM (VALUES
        (OLD.workspace_id, OLD.due_at, OLD.told_status, -1),
        (NEW.workspace_id, NEW.due_at, NEW.told_status, 1)
    ) AS changes (workspace_id, due_at, status, change)
    WHERE status IS NOT NULL
    GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (workspace_id, day, status) DO UPDATE SET reminder_count = kept.reminder_count + excluded.reminder_count;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "reminder_configurations",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hours_before", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_reminder_configurations"),
        sa.CheckConstraint("hours_before BETWEEN 1 AND 720", name="hours_before_range"),
        sa.CheckConstraint("channel IN ('email')", name="channel_known"),
        schema=SCHEMA,
    )
    op.create_index(
        "reminder_rule_exists",
        "reminder_configurations",
        ["workspace_id", "hours_before", "channel"],
        unique=True,
        postgresql_where=sa.text("is_active"),
        schema=SCHEMA,
    )
    op.create_table(
        "appointments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_appointments"),
        sa.CheckConstraint("NOT is_open OR (client_id IS NOT NULL AND starts_at IS NOT NULL)", name="open_appointment_complete"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_appointments_open", "appointments", ["workspace_id", "starts_at"], postgresql_where=sa.text("is_open"), schema=SCHEMA
    )
    op.create_index("ix_appointments_client", "appointments", ["workspace_id", "client_id"], schema=SCHEMA)
    _create_reminders()
    op.create_table(
        "reminder_figures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reminder_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "status", name="pk_reminder_figures"),
        schema=SCHEMA,
    )
    op.create_table(
        "mails",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_mails"),
        sa.CheckConstraint("kind IN ('magic_link')", name="mail_kind_known"),
        sa.CheckConstraint("status IN ('pending', 'sending', 'sent', 'failed', 'bounced', 'dropped', 'unknown')", name="mail_status_known"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="mail_sent_facts"),
        schema=SCHEMA,
    )
    op.create_table(
        "due_work",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "item_id", name="pk_due_work"),
        sa.CheckConstraint("kind IN ('reminder', 'mail')", name="work_kind_known"),
        schema=SCHEMA,
    )
    op.create_index("ix_due_work", "due_work", ["kind", "due_at"], schema=SCHEMA)
    for table in ("reminder_configurations", "appointments", "reminders"):
        secure(table)
    for table in ("mails", "reminder_figures"):
        secure(table, grants="SELECT, INSERT, UPDATE")
    op.execute(KEEP_FIGURES)
    op.execute(
        "CREATE CONSTRAINT TRIGGER keep_figures AFTER INSERT OR UPDATE OR DELETE ON notifications.reminders"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION notifications.keep_figures()"
    )
    _open_due_work()


def _create_reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("hours_before", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("appointment_version", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column(
            "told_status",
            sa.Text(),
            sa.Computed("CASE status WHEN 'sending' THEN 'pending' ELSE status END", persisted=True),
            nullable=False,
        ),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_reminders"),
        sa.UniqueConstraint(
            "workspace_id", "appointment_id", "hours_before", "channel", "appointment_version", name="reminder_planned_once"
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'failed', 'bounced', 'cancelled', 'skipped', 'unknown')",
            name="reminder_status_known",
        ),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="reminder_sent_facts"),
        schema=SCHEMA,
    )
    op.create_index("ix_reminders_due", "reminders", ["workspace_id", "due_at", "id"], schema=SCHEMA)
    op.create_index("ix_reminders_status", "reminders", ["workspace_id", "told_status", "due_at", "id"], schema=SCHEMA)
    op.create_index("ix_reminders_client", "reminders", ["workspace_id", "client_id", "due_at", "id"], schema=SCHEMA)
    op.create_index("ix_reminders_appointment", "reminders", ["workspace_id", "appointment_id", "due_at", "id"], schema=SCHEMA)
    op.create_index(
        "reminder_waits_once",
        "reminders",
        ["workspace_id", "appointment_id", "hours_before", "channel"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
        schema=SCHEMA,
    )


def _open_due_work() -> None:
    """Work is put in and taken out inside a workspace, but found and claimed across them: the claim is its time alone."""
    for statement in (
        "ALTER TABLE notifications.due_work ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE notifications.due_work FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant_insert ON notifications.due_work FOR INSERT WITH CHECK ({TENANT})",
        f"CREATE POLICY tenant_delete ON notifications.due_work FOR DELETE USING ({TENANT})",
        "CREATE POLICY senders_find ON notifications.due_work FOR SELECT USING (true)",
        "CREATE POLICY senders_claim ON notifications.due_work FOR UPDATE USING (true) WITH CHECK (true)",
        "GRANT SELECT, INSERT, DELETE ON notifications.due_work TO notifications_app",
        "GRANT UPDATE (due_at) ON notifications.due_work TO notifications_app",
        KEEP_DUE_WORK,
        (
            "CREATE TRIGGER keep_due_work AFTER INSERT OR DELETE OR UPDATE OF status, next_attempt_at ON notifications.reminders"
            " FOR EACH ROW EXECUTE FUNCTION notifications.keep_due_work('reminder')"
        ),
        (
            "CREATE TRIGGER keep_due_work AFTER INSERT OR UPDATE OF status, next_attempt_at ON notifications.mails"
            " FOR EACH ROW EXECUTE FUNCTION notifications.keep_due_work('mail')"
        ),
    ):
        op.execute(statement)


def downgrade() -> None:
    for table in ("due_work", "mails", "reminders", "reminder_figures", "appointments", "reminder_configurations"):
        op.drop_table(table, schema=SCHEMA)
    op.execute("DROP FUNCTION notifications.keep_due_work()")
    op.execute("DROP FUNCTION notifications.keep_figures()")
    drop_chassis_tables()
