"""That the client has said by a link in a reminder that they cannot come, where the practice wants to be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointments", sa.Column("cancellation_asked_at", sa.DateTime(timezone=True), nullable=True), schema="scheduling")
    op.execute("GRANT UPDATE (cancellation_asked_at) ON scheduling.appointments TO scheduling_app")


def downgrade() -> None:
    op.drop_column("appointments", "cancellation_asked_at", schema="scheduling")
