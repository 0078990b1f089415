"""Mails that offer a time to clients who wait for one."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = "ALTER TABLE notifications.mails ADD CONSTRAINT mail_kind_known CHECK (CASE kind WHEN 'payment_request' THEN appointment_id IS NOT NULL WHEN 'calendar_update' THEN appointment_id IS NOT NULL WHEN 'magic_link' THEN true WHEN 'password_reset' THEN true WHEN 'invitation' THEN true{also} ELSE user_id IS NOT NULL END)"


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.execute(KINDS.format(also=" WHEN 'waitlist_offer' THEN true"))


def downgrade() -> None:
    # The owner works across workspaces here.
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "DELETE FROM notifications.due_work AS due USING notifications.mails AS mail WHERE due.kind = 'mail'"
        " AND mail.workspace_id = due.workspace_id AND mail.id = due.item_id AND mail.kind = 'waitlist_offer'"
    )
    op.execute("DELETE FROM notifications.mails WHERE kind = 'waitlist_offer'")
    for table in ("due_work", "mails"):
        op.execute(f"ALTER TABLE notifications.{table} FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.execute(KINDS.format(also=""))
