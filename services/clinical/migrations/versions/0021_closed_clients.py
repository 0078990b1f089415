"""Clients without records who are closed for a moment, because they may be about to be erased; files of erased ones that are still there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clients", sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True), schema="clinical")
    op.add_column("clients", sa.Column("files_left", postgresql.ARRAY(sa.Uuid()), nullable=True), schema="clinical")
    op.execute("GRANT UPDATE (closed_until, files_left) ON clinical.clients TO clinical_app")


def downgrade() -> None:
    op.drop_column("clients", "files_left", schema="clinical")
    op.drop_column("clients", "closed_until", schema="clinical")
