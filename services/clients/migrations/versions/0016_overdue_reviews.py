"""Reviews of broken glass that nobody has given in time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = "announced_at, granted_at, id, review, workspace_id"


def upgrade() -> None:
    op.add_column("broken_glass", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True), schema="clients")
    op.create_index(
        "ix_broken_glass_overdue",
        "broken_glass",
        ["granted_at"],
        unique=False,
        schema="clients",
        postgresql_where=sa.text("review = 'pending' AND announced_at IS NULL"),
    )
    op.execute("GRANT UPDATE (announced_at) ON clients.broken_glass TO clients_app")
    op.execute("CREATE POLICY relay ON clients.broken_glass TO clients_relay USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT ({COLUMNS}) ON clients.broken_glass TO clients_relay")


def downgrade() -> None:
    op.execute(f"REVOKE SELECT ({COLUMNS}) ON clients.broken_glass FROM clients_relay")
    op.execute("DROP POLICY relay ON clients.broken_glass")
    op.drop_index("ix_broken_glass_overdue", table_name="broken_glass", schema="clients")
    op.drop_column("broken_glass", "announced_at", schema="clients")
