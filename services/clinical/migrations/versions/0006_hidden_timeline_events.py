"""Timeline events are hidden while their note is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history", sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False), schema="clinical")
    op.execute("GRANT UPDATE (hidden) ON clinical.history TO clinical_app")


def downgrade() -> None:
    op.drop_column("history", "hidden", schema="clinical")
