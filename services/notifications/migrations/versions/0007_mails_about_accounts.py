"""Mails that reset passwords, and notices to people about their accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mails", sa.Column("user_id", sa.Uuid(), nullable=True), schema="notifications")
    op.drop_constraint("mail_kind_known", "mails", schema="notifications")
    op.create_check_constraint(
        "mail_kind_known", "mails", "kind IN ('magic_link', 'password_reset') OR user_id IS NOT NULL", schema="notifications"
    )


def downgrade() -> None:
    op.drop_constraint("mail_kind_known", "mails", schema="notifications")
    # The release before sends every mail as a sign-in link, so these must not be left to it. Row security hides rows from the owner.
    op.execute("ALTER TABLE notifications.mails NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notifications.mails WHERE kind <> 'magic_link'")
    op.execute("ALTER TABLE notifications.mails FORCE ROW LEVEL SECURITY")
    op.create_check_constraint("mail_kind_known", "mails", "kind IN ('magic_link')", schema="notifications")
    op.drop_column("mails", "user_id", schema="notifications")
