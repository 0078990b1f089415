"""The directory of workspaces, which platform administrators read, and what these have done."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

KEEP_DIRECTORY = """
CREATE FUNCTION identity.keep_directory() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO identity.workspace_directory (workspace_id, name, kind, status, created_at)
    VALUES (NEW.workspace_id, NEW.name, NEW.kind, NEW.status, NEW.created_at)
    ON CONFLICT (workspace_id) DO UPDATE SET name = excluded.name, status = excluded.status;
    RETURN NULL;
END $$
"""

KEEP_OWNER = """
CREATE FUNCTION identity.keep_owner() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    UPDATE identity.workspace_directory SET owner_accepted_at = NEW.last_login_at
    WHERE workspace_id = NEW.workspace_id AND owner_id = NEW.id;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "workspace_directory",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_workspace_directory"),
        schema="identity",
    )
    op.create_index("ix_workspace_directory_created", "workspace_directory", ["created_at"], unique=False, schema="identity")
    op.create_index("ix_workspace_directory_owner", "workspace_directory", ["owner_id"], unique=False, schema="identity")
    op.create_table(
        "activities",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_activities"),
        schema="identity",
    )
    op.create_index("ix_activities_created", "activities", ["workspace_id", "created_at"], unique=False, schema="identity")
    for table in ("workspace_directory", "activities"):
        op.execute(f"ALTER TABLE identity.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON identity.activities USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_insert ON identity.workspace_directory FOR INSERT WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_update ON identity.workspace_directory FOR UPDATE USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("CREATE POLICY everybody_finds ON identity.workspace_directory FOR SELECT USING (true)")
    op.execute("GRANT SELECT, INSERT ON identity.activities TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (name, owner_accepted_at, owner_id, status) ON identity.workspace_directory TO identity_app")

    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    for table in ("workspaces", "workspace_directory"):
        op.execute(f"ALTER TABLE identity.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO identity.workspace_directory (workspace_id, name, kind, status, created_at)"
        " SELECT workspace_id, name, kind, status, created_at FROM identity.workspaces"
    )
    for table in ("workspaces", "workspace_directory"):
        op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")
    op.execute(KEEP_DIRECTORY)
    op.execute(KEEP_OWNER)
    op.execute("REVOKE EXECUTE ON FUNCTION identity.keep_directory(), identity.keep_owner() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER keep_directory AFTER INSERT OR UPDATE OF name, status ON identity.workspaces"
        " FOR EACH ROW EXECUTE FUNCTION identity.keep_directory()"
    )
    op.execute(
        "CREATE TRIGGER keep_owner AFTER UPDATE OF last_login_at ON identity.users FOR EACH ROW"
        " WHEN (OLD.last_login_at IS NULL AND NEW.last_login_at IS NOT NULL) EXECUTE FUNCTION identity.keep_owner()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_owner ON identity.users")
    op.execute("DROP FUNCTION identity.keep_owner()")
    op.execute("DROP TRIGGER keep_directory ON identity.workspaces")
    op.execute("DROP FUNCTION identity.keep_directory()")
    op.drop_table("activities", schema="identity")
    op.drop_table("workspace_directory", schema="identity")
