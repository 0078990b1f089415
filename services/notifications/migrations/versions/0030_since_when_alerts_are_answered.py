"""Since when somebody sees to an alert, where it was taken over: how soon it was answered does not change by that."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True), schema="notifications")
    op.execute("GRANT UPDATE (answered_at) ON notifications.alerts TO notifications_app")


def downgrade() -> None:
    op.drop_column("alerts", "answered_at", schema="notifications")
