"""API keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_api_keys"),
        schema="identity",
    )
    op.execute("ALTER TABLE identity.api_keys ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.api_keys FORCE ROW LEVEL SECURITY")
    tenant = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    op.execute(f"CREATE POLICY tenant ON identity.api_keys USING ({tenant}) WITH CHECK ({tenant})")
    op.execute("GRANT SELECT, INSERT, UPDATE (last_used_at), DELETE ON identity.api_keys TO identity_app")


def downgrade() -> None:
    op.drop_table("api_keys", schema="identity")
