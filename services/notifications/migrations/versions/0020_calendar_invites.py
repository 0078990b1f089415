"""Which appointments clients have in their own calendars, because a mail has put them there."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SCHEMA = "notifications"
TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
NEEDED = (
    "CASE kind WHEN 'payment_request' THEN appointment_id IS NOT NULL{calendar}"
    " WHEN 'magic_link' THEN true WHEN 'password_reset' THEN true WHEN 'invitation' THEN true ELSE user_id IS NOT NULL END"
)


def upgrade() -> None:
    op.create_table(
        "calendar_invites",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_calendar_invites"),
        sa.UniqueConstraint("workspace_id", "appointment_id", "client_id", name="calendar_invite_is_one"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_invites_client", "calendar_invites", ["workspace_id", "client_id"], schema=SCHEMA)
    op.create_index("ix_calendar_invites_over", "calendar_invites", ["starts_at"], schema=SCHEMA)
    op.execute("ALTER TABLE notifications.calendar_invites ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON notifications.calendar_invites USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("CREATE POLICY relay ON notifications.calendar_invites TO notifications_relay USING (true) WITH CHECK (true)")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (sealed, revision, sequence, starts_at, ends_at, is_cancelled, told_by), DELETE"
        " ON notifications.calendar_invites TO notifications_app"
    )
    op.execute("GRANT SELECT ON notifications.calendar_invites TO notifications_relay")
    _need(NEEDED.format(calendar=" WHEN 'calendar_update' THEN appointment_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_table("calendar_invites", schema=SCHEMA)
    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notifications.mails WHERE kind = 'calendar_update'")
    op.execute(
        "DELETE FROM notifications.due_work AS due WHERE kind = 'mail' AND NOT EXISTS ("
        "SELECT FROM notifications.mails AS mail WHERE mail.workspace_id = due.workspace_id AND mail.id = due.item_id)"
    )
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} FORCE ROW LEVEL SECURITY")
    _need(NEEDED.format(calendar=""))


def _need(condition: str) -> None:
    """What mails of each kind must say."""
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.execute(f"ALTER TABLE notifications.mails ADD CONSTRAINT mail_kind_known CHECK ({condition})")
