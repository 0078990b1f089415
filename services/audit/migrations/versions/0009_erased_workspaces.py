"""Erased workspaces: the trail and its keys stay."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE audit.data_keys DROP CONSTRAINT data_key_state")
    op.create_table(
        "erased_workspaces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("advanced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_erased_workspaces"),
        schema="audit",
    )
    op.create_index(
        "ix_erased_workspaces_advanced",
        "erased_workspaces",
        ["advanced_at"],
        unique=False,
        schema="audit",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.execute(
        "ALTER TABLE audit.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text, 'destroyed'::text])))"
    )
    op.execute("GRANT DELETE ON audit.dead_letters TO audit_eraser")
    op.execute("ALTER TABLE audit.erased_workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON audit.erased_workspaces USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON audit.erased_workspaces TO audit_app")
    op.execute("GRANT SELECT ON audit.erased_workspaces TO audit_relay")
    op.execute("GRANT INSERT, UPDATE (deleted, advanced_at, finished_at, settled_at) ON audit.erased_workspaces TO audit_eraser")
    op.execute("CREATE POLICY relay ON audit.erased_workspaces TO audit_relay USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("ALTER TABLE audit.data_keys DROP CONSTRAINT data_key_state")
    op.execute("REVOKE ALL ON audit.dead_letters FROM audit_eraser")
    op.drop_index(
        "ix_erased_workspaces_advanced", table_name="erased_workspaces", schema="audit", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_table("erased_workspaces", schema="audit")
    op.execute(
        "ALTER TABLE audit.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))"
    )
