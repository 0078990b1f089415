"""Which mail was last not delivered to an address, and the held addresses by time."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SCHEMA, TABLE, ROLE = "notifications", "address_troubles", "notifications_app"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("kind", sa.Text(), nullable=True), schema=SCHEMA)
    op.add_column(TABLE, sa.Column("item_id", sa.Uuid(), nullable=True), schema=SCHEMA)
    op.execute(f"GRANT UPDATE (kind, item_id) ON {SCHEMA}.{TABLE} TO {ROLE}")
    held = sa.text("held_at IS NOT NULL")
    op.create_index("ix_address_troubles_held", TABLE, ["workspace_id", "held_at", "id"], schema=SCHEMA, postgresql_where=held)


def downgrade() -> None:
    op.drop_index("ix_address_troubles_held", TABLE, schema=SCHEMA)
    op.drop_column(TABLE, "item_id", schema=SCHEMA)
    op.drop_column(TABLE, "kind", schema=SCHEMA)
