"""Mails that ask clients to pay."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.add_column("mails", sa.Column("appointment_id", sa.Uuid(), nullable=True), schema="notifications")
    op.execute(
        "ALTER TABLE notifications.mails ADD CONSTRAINT mail_kind_known CHECK (CASE kind WHEN 'payment_request' THEN appointment_id IS NOT NULL WHEN 'magic_link' THEN true WHEN 'password_reset' THEN true WHEN 'invitation' THEN true ELSE user_id IS NOT NULL END)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM notifications.mails WHERE kind = 'payment_request'")
    op.execute("ALTER TABLE notifications.mails DROP CONSTRAINT mail_kind_known")
    op.drop_column("mails", "appointment_id", schema="notifications")
    op.execute(
        "ALTER TABLE notifications.mails ADD CONSTRAINT mail_kind_known CHECK (((kind = ANY (ARRAY['magic_link'::text, 'password_reset'::text, 'invitation'::text])) OR (user_id IS NOT NULL)))"
    )
