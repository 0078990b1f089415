"""Timeline events are hidden while their note is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history", sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False), schema="clinical")


def downgrade() -> None:
    op.drop_column("history", "hidden", schema="clinical")
