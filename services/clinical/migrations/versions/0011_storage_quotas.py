"""Workspaces have quotas of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "storage_quotas",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_storage_quotas"),
        sa.CheckConstraint("quota_bytes >= 0", name="quota_bytes_range"),
        schema="clinical",
    )
    op.execute("ALTER TABLE clinical.storage_quotas ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clinical.storage_quotas FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clinical.storage_quotas USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (quota_bytes, updated_at) ON clinical.storage_quotas TO clinical_app")


def downgrade() -> None:
    op.drop_table("storage_quotas", schema="clinical")
