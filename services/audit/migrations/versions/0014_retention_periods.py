"""For how many years a workspace keeps the lines of its trail."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "retention_periods",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("years BETWEEN 6 AND 30", name="retention_period_years"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_retention_periods"),
        schema="audit",
    )
    op.execute("ALTER TABLE audit.retention_periods ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON audit.retention_periods USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (years, updated_at) ON audit.retention_periods TO audit_app")


def downgrade() -> None:
    op.drop_table("retention_periods", schema="audit")
