"""Time off is found by its practitioner, and replaced as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_busy_periods_time_off",
        "busy_periods",
        ["workspace_id", "resource_id"],
        schema="scheduling",
        postgresql_where=sa.text("owner_kind = 'time_off'"),
    )


def downgrade() -> None:
    # The version before reckons with the days off themselves. The owner works across workspaces here.
    op.execute("ALTER TABLE scheduling.busy_periods NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM scheduling.busy_periods WHERE owner_kind = 'time_off'")
    op.execute("ALTER TABLE scheduling.busy_periods FORCE ROW LEVEL SECURITY")
    op.drop_index("ix_busy_periods_time_off", "busy_periods", schema="scheduling")
