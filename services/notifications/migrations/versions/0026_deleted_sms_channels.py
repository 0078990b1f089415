"""A workspace's channel for text messages can be deleted."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE DELETE ON notifications.sms_channels FROM notifications_eraser")
    op.execute("GRANT DELETE ON notifications.sms_channels TO notifications_app")


def downgrade() -> None:
    op.execute("REVOKE DELETE ON notifications.sms_channels FROM notifications_app")
    op.execute("GRANT DELETE ON notifications.sms_channels TO notifications_eraser")
