"""Erased workspaces: their keys are destroyed, their rows deleted, and what has become of that is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE clients.data_keys DROP CONSTRAINT data_key_state")
    op.create_table(
        "erased_workspaces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("advanced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_erased_workspaces"),
        schema="clients",
    )
    op.create_index(
        "ix_erased_workspaces_advanced",
        "erased_workspaces",
        ["advanced_at"],
        unique=False,
        schema="clients",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.execute(
        "ALTER TABLE clients.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text, 'destroyed'::text])))"
    )
    op.execute("GRANT UPDATE (state, wrapped) ON clients.data_keys TO clients_eraser")
    op.execute("GRANT DELETE ON clients.dead_letters TO clients_eraser")
    op.execute("GRANT DELETE ON clients.directory TO clients_eraser")
    op.execute("GRANT DELETE ON clients.erasures TO clients_eraser")
    op.execute("ALTER TABLE clients.erased_workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clients.erased_workspaces USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON clients.erased_workspaces TO clients_app")
    op.execute("GRANT SELECT ON clients.erased_workspaces TO clients_relay")
    op.execute("GRANT INSERT, UPDATE (deleted, advanced_at, finished_at, settled_at) ON clients.erased_workspaces TO clients_eraser")
    op.execute("CREATE POLICY relay ON clients.erased_workspaces TO clients_relay USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("ALTER TABLE clients.data_keys DROP CONSTRAINT data_key_state")
    # The owner of the table works across workspaces here, which forced row security would keep it from.
    op.execute("ALTER TABLE clients.data_keys NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE clients.data_keys SET state = 'retired' WHERE state = 'destroyed'")
    op.execute("ALTER TABLE clients.data_keys FORCE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON clients.data_keys FROM clients_eraser")
    op.execute("REVOKE ALL ON clients.dead_letters FROM clients_eraser")
    op.execute("REVOKE ALL ON clients.directory FROM clients_eraser")
    op.execute("REVOKE ALL ON clients.erasures FROM clients_eraser")
    op.drop_index(
        "ix_erased_workspaces_advanced", table_name="erased_workspaces", schema="clients", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_table("erased_workspaces", schema="clients")
    op.execute(
        "ALTER TABLE clients.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))"
    )
