"""What people want to be mailed about their own work, and when something of it is due next."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SCHEMA = "notifications"
TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
KINDS = (
    "agenda_today", "agenda_tomorrow", "notes_waiting", "appointment_soon",
    "appointment_booked", "appointment_cancelled", "appointment_rescheduled", "appointment_confirmed",
    "series_booked", "series_cancelled", "series_rescheduled",
)  # fmt: skip
CHANGEABLE = (
    "email_enabled", "notify_appointment_booked", "notify_appointment_cancelled", "notify_appointment_rescheduled",
    "notify_appointment_confirmed", "notify_alerts", "digest_enabled", "digest_time", "digest_days", "tomorrow_digest_enabled",
    "tomorrow_digest_time", "tomorrow_digest_days", "reminder_enabled", "reminder_minutes", "notes_reminder_enabled",
    "notes_reminder_time", "time_zone", "extended_settings", "revision", "done_until", "next_at", "updated_at",
)  # fmt: skip

# A row of work exists exactly as long as something may be due in the future.
KEEP_DUE_PERSONAL = """
CREATE FUNCTION notifications.keep_due_personal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.next_at IS NULL THEN
        DELETE FROM notifications.due_work WHERE workspace_id = OLD.workspace_id AND kind = 'personal' AND item_id = OLD.user_id;
    ELSE
        INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
        VALUES (NEW.workspace_id, 'personal', NEW.user_id, NEW.next_at)
        ON CONFLICT (workspace_id, kind, item_id) DO UPDATE SET due_at = excluded.due_at;
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _know("'reminder', 'mail', 'alert', 'personal'")
    op.create_table(
        "notification_settings",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email_enabled", sa.Boolean(), nullable=False),
        sa.Column("notify_appointment_booked", sa.Boolean(), nullable=False),
        sa.Column("notify_appointment_cancelled", sa.Boolean(), nullable=False),
        sa.Column("notify_appointment_rescheduled", sa.Boolean(), nullable=False),
        sa.Column("notify_appointment_confirmed", sa.Boolean(), nullable=False),
        sa.Column("notify_alerts", sa.Boolean(), nullable=False),
        sa.Column("digest_enabled", sa.Boolean(), nullable=False),
        sa.Column("digest_time", sa.Text(), nullable=True),
        sa.Column("digest_days", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("tomorrow_digest_enabled", sa.Boolean(), nullable=False),
        sa.Column("tomorrow_digest_time", sa.Text(), nullable=True),
        sa.Column("tomorrow_digest_days", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("reminder_enabled", sa.Boolean(), nullable=False),
        sa.Column("reminder_minutes", sa.Integer(), nullable=True),
        sa.Column("notes_reminder_enabled", sa.Boolean(), nullable=False),
        sa.Column("notes_reminder_time", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("extended_settings", postgresql.JSONB(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("done_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="pk_notification_settings"),
        sa.CheckConstraint("reminder_minutes IN (15, 30, 60, 120, 1440)", name="reminder_minutes_known"),
        schema=SCHEMA,
    )
    op.execute("ALTER TABLE notifications.notification_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.notification_settings USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({', '.join(CHANGEABLE)}) ON notifications.notification_settings TO notifications_app")
    op.execute("GRANT DELETE ON notifications.notification_settings TO notifications_eraser")
    op.execute(KEEP_DUE_PERSONAL)
    op.execute("REVOKE EXECUTE ON FUNCTION notifications.keep_due_personal() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER keep_due_personal AFTER INSERT OR UPDATE OF next_at OR DELETE ON notifications.notification_settings"
        " FOR EACH ROW EXECUTE FUNCTION notifications.keep_due_personal()"
    )


def downgrade() -> None:
    op.drop_table("notification_settings", schema=SCHEMA)
    op.execute("DROP FUNCTION notifications.keep_due_personal()")
    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notifications.due_work WHERE kind = 'personal'")
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    op.execute(f"DELETE FROM notifications.mails WHERE kind IN ({kinds})")
    op.execute(
        "DELETE FROM notifications.due_work AS due WHERE kind = 'mail' AND NOT EXISTS ("
        "SELECT FROM notifications.mails AS mail WHERE mail.workspace_id = due.workspace_id AND mail.id = due.item_id)"
    )
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} FORCE ROW LEVEL SECURITY")
    _know("'reminder', 'mail', 'alert'")


def _know(kinds: str) -> None:
    """The kinds of work that there are."""
    op.execute("ALTER TABLE notifications.due_work DROP CONSTRAINT work_kind_known")
    op.execute(f"ALTER TABLE notifications.due_work ADD CONSTRAINT work_kind_known CHECK (kind IN ({kinds}))")
