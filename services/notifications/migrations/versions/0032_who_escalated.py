"""Who has escalated an alert by hand, so that whoever does at the same moment learns it."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert_escalations", sa.Column("escalated_by", sa.Uuid(), nullable=True), schema="notifications")


def downgrade() -> None:
    op.drop_column("alert_escalations", "escalated_by", schema="notifications")
