"""An index of the appointments whose clients ask to cancel them and wait for an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_appointments_cancellation_asked",
        "appointments",
        ["workspace_id", "scheduled_start", "id"],
        schema="scheduling",
        postgresql_where=sa.text("deleted_at IS NULL AND cancellation_asked_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_appointments_cancellation_asked", "appointments", schema="scheduling")
