"""The ids that a stored answer is about, by which an erasure deletes it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not known of the answers there are: an erasure deletes all of those.
    op.add_column("idempotency", sa.Column("about", postgresql.ARRAY(sa.Uuid()), nullable=True), schema="notifications")


def downgrade() -> None:
    op.drop_column("idempotency", "about", schema="notifications")
