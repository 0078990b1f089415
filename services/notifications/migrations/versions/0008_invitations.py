"""Invitations are mailed."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.execute(
        "ALTER TABLE notifications.mails ADD CONSTRAINT mail_kind_known CHECK (kind IN ('magic_link', 'password_reset', 'invitation') OR user_id IS NOT NULL)"
    )


def downgrade() -> None:
    # The owner works across workspaces here, which forced row security would keep it from.
    op.execute("ALTER TABLE notifications.mails NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notifications.mails WHERE kind = 'invitation'")
    op.execute("ALTER TABLE notifications.mails FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.execute(
        "ALTER TABLE notifications.mails ADD CONSTRAINT mail_kind_known CHECK (kind IN ('magic_link', 'password_reset') OR user_id IS NOT NULL)"
    )
