"""Signed events: what was written to an outbox before has no signature."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dead_letters", sa.Column("signature", sa.LargeBinary(), server_default="", nullable=False), schema="clients")
    op.add_column("outbox", sa.Column("signature", sa.LargeBinary(), server_default="", nullable=False), schema="clients")
    op.execute("GRANT INSERT (signature) ON clients.outbox TO clients_app")


def downgrade() -> None:
    op.drop_column("outbox", "signature", schema="clients")
    op.drop_column("dead_letters", "signature", schema="clients")
