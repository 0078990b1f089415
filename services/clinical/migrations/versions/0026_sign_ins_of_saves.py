"""Which sign-in saved a draft, or typed into a signed note, last."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("last_saved_in", sa.Uuid(), nullable=True), schema="clinical")
    op.add_column("pending_amendments", sa.Column("saved_in", sa.Uuid(), nullable=True), schema="clinical")
    op.execute("GRANT UPDATE (last_saved_in) ON clinical.sessions TO clinical_app")
    op.execute("GRANT UPDATE (saved_in) ON clinical.pending_amendments TO clinical_app")


def downgrade() -> None:
    op.drop_column("pending_amendments", "saved_in", schema="clinical")
    op.drop_column("sessions", "last_saved_in", schema="clinical")
