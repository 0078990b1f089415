"""Reminders by text message, and where a workspace's text messages are handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SCHEMA = "notifications"
TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

# A text message is work of a kind of its own: whoever sends mail alone must not find it.
KEEP_DUE_WORK = """
CREATE OR REPLACE FUNCTION notifications.keep_due_work() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    work text := TG_ARGV[0];
BEGIN
    IF work = 'reminder' THEN
        IF TG_OP = 'DELETE' THEN
            IF OLD.channel = 'sms' THEN work := 'text_message'; END IF;
        ELSIF NEW.channel = 'sms' THEN
            work := 'text_message';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = OLD.workspace_id AND kind = work AND item_id = OLD.id;
    ELSIF NEW.status = 'pending' THEN
        INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
        VALUES (NEW.workspace_id, work, NEW.id, NEW.next_attempt_at)
        ON CONFLICT (workspace_id, kind, item_id) DO UPDATE SET due_at = excluded.due_at;
    ELSIF NEW.status <> 'sending' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = NEW.workspace_id AND kind = work AND item_id = NEW.id;
    END IF;
    RETURN NULL;
END $$
"""

KEEP_DUE_WORK_BEFORE = """
CREATE OR REPLACE FUNCTION notifications.keep_due_work() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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


def upgrade() -> None:
    op.create_table(
        "sms_channels",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_sms_channels"),
        schema=SCHEMA,
    )
    op.execute("ALTER TABLE notifications.sms_channels ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.sms_channels USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (sealed, version, is_active, former_until, updated_at) ON notifications.sms_channels"
        " TO notifications_app"
    )
    op.execute("GRANT DELETE ON notifications.sms_channels TO notifications_eraser")
    _know(channels="'email', 'sms'", kinds="'reminder', 'mail', 'alert', 'personal', 'text_message'")
    op.execute(KEEP_DUE_WORK)


def downgrade() -> None:
    of_channels = ("reminders", "reminder_configurations", "reminder_opt_outs", "reminder_links")
    tables = ("due_work", "reminder_counter_changes", *of_channels)
    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    for table in tables:
        op.execute(f"ALTER TABLE notifications.{table} NO FORCE ROW LEVEL SECURITY")
    for table in of_channels:
        op.execute(f"DELETE FROM notifications.{table} WHERE channel = 'sms'")
    op.execute("DELETE FROM notifications.due_work WHERE kind = 'text_message'")
    for table in tables:
        op.execute(f"ALTER TABLE notifications.{table} FORCE ROW LEVEL SECURITY")
    op.execute(KEEP_DUE_WORK_BEFORE)
    _know(channels="'email'", kinds="'reminder', 'mail', 'alert', 'personal'")
    op.drop_table("sms_channels", schema=SCHEMA)


def _know(*, channels: str, kinds: str) -> None:
    """The channels of reminders, and the kinds of work that there are."""
    op.execute("ALTER TABLE notifications.reminder_configurations DROP CONSTRAINT channel_known")
    op.execute(f"ALTER TABLE notifications.reminder_configurations ADD CONSTRAINT channel_known CHECK (channel IN ({channels}))")
    op.execute("ALTER TABLE notifications.due_work DROP CONSTRAINT work_kind_known")
    op.execute(f"ALTER TABLE notifications.due_work ADD CONSTRAINT work_kind_known CHECK (kind IN ({kinds}))")
