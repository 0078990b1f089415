"""Who holds a slot: their own hold is in nobody's way but that of others."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("busy_periods", sa.Column("held_by", sa.Uuid(), nullable=True), schema="scheduling")
    op.create_check_constraint("busy_period_holder", "busy_periods", "(expires_at IS NULL) = (held_by IS NULL)", schema="scheduling")
    op.create_index(
        "ix_busy_periods_holders",
        "busy_periods",
        ["workspace_id", "held_by", "owner_id"],
        schema="scheduling",
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_busy_periods_holders", "busy_periods", schema="scheduling")
    # Nobody waits for what is held: it lapses within minutes. The owner works across workspaces here.
    op.execute("ALTER TABLE scheduling.busy_periods NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM scheduling.busy_periods WHERE owner_kind = 'hold'")
    op.execute("ALTER TABLE scheduling.busy_periods FORCE ROW LEVEL SECURITY")
    op.drop_column("busy_periods", "held_by", schema="scheduling")
