"""Signed events: what was written to an outbox before has no signature."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dead_letters", sa.Column("signature", sa.LargeBinary(), server_default="", nullable=False), schema="scheduling")
    op.add_column("outbox", sa.Column("signature", sa.LargeBinary(), server_default="", nullable=False), schema="scheduling")
    op.execute("GRANT INSERT (signature) ON scheduling.outbox TO scheduling_app")


def downgrade() -> None:
    op.drop_column("outbox", "signature", schema="scheduling")
    op.drop_column("dead_letters", "signature", schema="scheduling")
