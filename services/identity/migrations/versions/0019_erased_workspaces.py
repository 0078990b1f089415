"""Erased workspaces: their keys are destroyed, their rows deleted, and what has become of that is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

KEEP_DIRECTORY = """
CREATE OR REPLACE FUNCTION identity.keep_directory() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO identity.workspace_directory (workspace_id, name, kind, status, created_at, deleted_at, erase_after, erased_at)
    VALUES (NEW.workspace_id, NEW.name, NEW.kind, NEW.status, NEW.created_at, NEW.deleted_at, NEW.erase_after, NEW.erased_at)
    ON CONFLICT (workspace_id) DO UPDATE SET name = excluded.name, status = excluded.status,
        deleted_at = excluded.deleted_at, erase_after = excluded.erase_after, erased_at = excluded.erased_at;
    RETURN NULL;
END $$
"""

KEEP_DIRECTORY_BEFORE = """
CREATE OR REPLACE FUNCTION identity.keep_directory() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO identity.workspace_directory (workspace_id, name, kind, status, created_at, deleted_at, erase_after)
    VALUES (NEW.workspace_id, NEW.name, NEW.kind, NEW.status, NEW.created_at, NEW.deleted_at, NEW.erase_after)
    ON CONFLICT (workspace_id) DO UPDATE SET name = excluded.name, status = excluded.status,
        deleted_at = excluded.deleted_at, erase_after = excluded.erase_after;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE identity.data_keys DROP CONSTRAINT data_key_state")
    op.create_table(
        "erased_workspaces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("advanced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_erased_workspaces"),
        schema="identity",
    )
    op.create_index(
        "ix_erased_workspaces_advanced",
        "erased_workspaces",
        ["advanced_at"],
        unique=False,
        schema="identity",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "erasure_progress",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "service", name="pk_erasure_progress"),
        schema="identity",
    )
    op.drop_constraint(op.f("supervisor_not_found"), "users", schema="identity", type_="foreignkey")
    op.create_foreign_key(
        "supervisor_not_found",
        "users",
        "users",
        ["workspace_id", "supervisor_id"],
        ["workspace_id", "id"],
        source_schema="identity",
        referent_schema="identity",
        ondelete="SET NULL (supervisor_id)",
    )
    op.add_column("workspace_directory", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True), schema="identity")
    op.add_column("workspaces", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True), schema="identity")
    op.create_index(
        "ix_workspaces_over",
        "workspaces",
        ["erase_after"],
        unique=False,
        schema="identity",
        postgresql_where=sa.text("erase_after IS NOT NULL AND erased_at IS NULL"),
    )
    op.execute(
        "ALTER TABLE identity.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text, 'destroyed'::text])))"
    )
    op.execute("ALTER TABLE identity.workspaces ADD CONSTRAINT workspace_erased CHECK (((erased_at IS NULL) OR (deleted_at IS NOT NULL)))")
    op.execute("GRANT DELETE ON identity.backup_codes TO identity_eraser")
    op.execute("GRANT UPDATE (state, wrapped) ON identity.data_keys TO identity_eraser")
    op.execute("GRANT DELETE ON identity.dead_letters TO identity_eraser")
    op.execute("GRANT DELETE ON identity.refresh_tokens TO identity_eraser")
    op.execute("GRANT DELETE ON identity.sso_providers TO identity_eraser")
    op.execute("GRANT DELETE ON identity.users TO identity_eraser")
    op.execute("GRANT UPDATE (erased_at) ON identity.workspaces TO identity_eraser")
    op.execute("GRANT SELECT (erase_after, erased_at, workspace_id) ON identity.workspaces TO identity_relay")
    op.execute("CREATE POLICY relay ON identity.workspaces AS PERMISSIVE FOR ALL TO identity_relay USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE identity.erased_workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON identity.erased_workspaces USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON identity.erased_workspaces TO identity_app")
    op.execute("GRANT SELECT ON identity.erased_workspaces TO identity_relay")
    op.execute("GRANT INSERT, UPDATE (deleted, advanced_at, finished_at, settled_at) ON identity.erased_workspaces TO identity_eraser")
    op.execute("CREATE POLICY relay ON identity.erased_workspaces TO identity_relay USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE identity.erasure_progress ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON identity.erasure_progress USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT ON identity.erasure_progress TO identity_app")
    op.execute("DROP INDEX identity.ix_workspace_directory_users")
    op.execute(
        "CREATE INDEX ix_workspace_directory_users ON identity.workspace_directory (workspace_id) INCLUDE (active_users, total_users, erased_at)"
    )
    op.execute("GRANT UPDATE (erased_at) ON identity.workspace_directory TO identity_app")
    op.execute("GRANT DELETE ON identity.sign_ins, identity.sso_directory TO identity_eraser")
    op.execute(f"CREATE POLICY tenant_delete ON identity.sso_directory FOR DELETE USING ({TENANT})")
    op.execute(KEEP_DIRECTORY)
    op.execute("DROP TRIGGER keep_directory ON identity.workspaces")
    op.execute(
        "CREATE TRIGGER keep_directory AFTER INSERT OR UPDATE OF name, status, deleted_at, erased_at ON identity.workspaces"
        " FOR EACH ROW EXECUTE FUNCTION identity.keep_directory()"
    )


def downgrade() -> None:
    op.execute("DROP INDEX identity.ix_workspace_directory_users")
    op.execute(
        "CREATE INDEX ix_workspace_directory_users ON identity.workspace_directory (workspace_id) INCLUDE (active_users, total_users)"
    )
    op.execute(KEEP_DIRECTORY_BEFORE)
    op.execute("DROP TRIGGER keep_directory ON identity.workspaces")
    op.execute(
        "CREATE TRIGGER keep_directory AFTER INSERT OR UPDATE OF name, status, deleted_at ON identity.workspaces"
        " FOR EACH ROW EXECUTE FUNCTION identity.keep_directory()"
    )
    op.execute("DROP POLICY tenant_delete ON identity.sso_directory")
    op.execute("REVOKE DELETE ON identity.sign_ins, identity.sso_directory FROM identity_eraser")
    op.execute("ALTER TABLE identity.data_keys DROP CONSTRAINT data_key_state")
    # The owner of the table works across workspaces here, which forced row security would keep it from.
    op.execute("ALTER TABLE identity.data_keys NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE identity.data_keys SET state = 'retired' WHERE state = 'destroyed'")
    op.execute("ALTER TABLE identity.data_keys FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.workspaces DROP CONSTRAINT workspace_erased")
    op.execute("REVOKE ALL ON identity.backup_codes FROM identity_eraser")
    op.execute("REVOKE ALL ON identity.data_keys FROM identity_eraser")
    op.execute("REVOKE ALL ON identity.dead_letters FROM identity_eraser")
    op.execute("REVOKE ALL ON identity.refresh_tokens FROM identity_eraser")
    op.execute("REVOKE ALL ON identity.sso_providers FROM identity_eraser")
    op.execute("REVOKE ALL ON identity.users FROM identity_eraser")
    op.execute("REVOKE ALL ON identity.workspaces FROM identity_eraser")
    op.execute("REVOKE ALL ON identity.workspaces FROM identity_relay")
    op.execute("DROP POLICY relay ON identity.workspaces")
    op.drop_index(
        "ix_workspaces_over",
        table_name="workspaces",
        schema="identity",
        postgresql_where=sa.text("erase_after IS NOT NULL AND erased_at IS NULL"),
    )
    op.drop_column("workspaces", "erased_at", schema="identity")
    op.drop_column("workspace_directory", "erased_at", schema="identity")
    op.drop_constraint("supervisor_not_found", "users", schema="identity", type_="foreignkey")
    op.create_foreign_key(
        op.f("supervisor_not_found"),
        "users",
        "users",
        ["workspace_id", "supervisor_id"],
        ["workspace_id", "id"],
        source_schema="identity",
        referent_schema="identity",
    )
    op.drop_table("erasure_progress", schema="identity")
    op.drop_index(
        "ix_erased_workspaces_advanced", table_name="erased_workspaces", schema="identity", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_table("erased_workspaces", schema="identity")
    op.execute(
        "ALTER TABLE identity.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))"
    )
