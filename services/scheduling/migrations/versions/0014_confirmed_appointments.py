"""That the client has confirmed an appointment by a link in a reminder."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointments", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True), schema="scheduling")
    op.execute("GRANT UPDATE (confirmed_at) ON scheduling.appointments TO scheduling_app")


def downgrade() -> None:
    op.drop_column("appointments", "confirmed_at", schema="scheduling")
