"""Blacklisted addresses, deleted workspaces, and what the list and the figures of all workspaces are read from."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

# At the end of the transaction: whoever adds, activates or deactivates users waits for others of the workspace only then,
# and holds no lock that these wait for.
COUNT_USERS = """
CREATE FUNCTION identity.count_users() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    of uuid := coalesce(NEW.workspace_id, OLD.workspace_id);
    total integer := (NEW.id IS NOT NULL)::integer - (OLD.id IS NOT NULL)::integer;
    active integer := coalesce(NEW.is_active, false)::integer - coalesce(OLD.is_active, false)::integer;
BEGIN
    UPDATE identity.workspace_directory SET total_users = total_users + total, active_users = active_users + active
    WHERE workspace_id = of;
    RETURN NULL;
END $$
"""

KEEP_DIRECTORY = """
CREATE OR REPLACE FUNCTION identity.keep_directory() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO identity.workspace_directory (workspace_id, name, kind, status, created_at, deleted_at, erase_after)
    VALUES (NEW.workspace_id, NEW.name, NEW.kind, NEW.status, NEW.created_at, NEW.deleted_at, NEW.erase_after)
    ON CONFLICT (workspace_id) DO UPDATE SET name = excluded.name, status = excluded.status,
        deleted_at = excluded.deleted_at, erase_after = excluded.erase_after;
    RETURN NULL;
END $$
"""

KEEP_DIRECTORY_BEFORE = """
CREATE OR REPLACE FUNCTION identity.keep_directory() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO identity.workspace_directory (workspace_id, name, kind, status, created_at)
    VALUES (NEW.workspace_id, NEW.name, NEW.kind, NEW.status, NEW.created_at)
    ON CONFLICT (workspace_id) DO UPDATE SET name = excluded.name, status = excluded.status;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    for table in ("workspaces", "workspace_directory"):
        for name in ("deleted_at", "erase_after"):
            op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True), schema="identity")
        op.execute(f"GRANT UPDATE (deleted_at, erase_after) ON identity.{table} TO identity_app")
    op.create_check_constraint(
        "workspace_deletion",
        "workspaces",
        "(deleted_at IS NULL) = (erase_after IS NULL) AND (deleted_at IS NULL OR status = 'suspended')",
        schema="identity",
    )
    op.execute(KEEP_DIRECTORY)
    op.execute("DROP TRIGGER keep_directory ON identity.workspaces")
    op.execute(
        "CREATE TRIGGER keep_directory AFTER INSERT OR UPDATE OF name, status, deleted_at ON identity.workspaces"
        " FOR EACH ROW EXECUTE FUNCTION identity.keep_directory()"
    )
    op.add_column("workspace_directory", sa.Column("active_users", sa.Integer(), server_default="0", nullable=False), schema="identity")
    op.add_column("workspace_directory", sa.Column("total_users", sa.Integer(), server_default="0", nullable=False), schema="identity")
    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    for table in ("users", "workspace_directory"):
        op.execute(f"ALTER TABLE identity.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE identity.workspace_directory AS d SET total_users = counted.total, active_users = counted.active"
        " FROM (SELECT workspace_id, count(*) AS total, count(*) FILTER (WHERE is_active) AS active FROM identity.users GROUP BY 1)"
        " AS counted WHERE counted.workspace_id = d.workspace_id"
    )
    for table in ("users", "workspace_directory"):
        op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")
    op.execute(COUNT_USERS)
    op.execute("REVOKE EXECUTE ON FUNCTION identity.count_users() FROM PUBLIC")
    for name, event, condition in (
        ("added", "INSERT", ""),
        ("changed", "UPDATE OF is_active", " WHEN (OLD.is_active <> NEW.is_active)"),
        ("deleted", "DELETE", ""),
    ):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER count_{name}_users AFTER {event} ON identity.users DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW{condition} EXECUTE FUNCTION identity.count_users()"
        )
    op.execute("GRANT UPDATE (active_users, total_users) ON identity.workspace_directory TO identity_app")

    op.drop_index("ix_workspace_directory_created", table_name="workspace_directory", schema="identity")
    op.execute("CREATE INDEX ix_workspace_directory_newest ON identity.workspace_directory (created_at DESC, workspace_id)")
    op.execute(
        "CREATE INDEX ix_workspace_directory_pending ON identity.workspace_directory (created_at DESC)"
        " WHERE owner_id IS NOT NULL AND owner_accepted_at IS NULL AND deleted_at IS NULL"
    )
    op.execute(
        "CREATE INDEX ix_workspace_directory_users ON identity.workspace_directory (workspace_id) INCLUDE (active_users, total_users)"
    )
    op.execute("CREATE INDEX ix_workspace_directory_name ON identity.workspace_directory USING gin (name public.gin_trgm_ops)")

    op.alter_column("activities", "subject_id", nullable=True, schema="identity")
    op.alter_column("activities", "subject_name", nullable=True, schema="identity")
    op.create_table(
        "blacklist",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_blacklist"),
        schema="identity",
    )
    op.create_table(
        "blacklisted_addresses",
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "entry_id"],
            ["identity.blacklist.workspace_id", "identity.blacklist.id"],
            name="blacklisted_address_of_an_entry",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("email_index", name="pk_blacklisted_addresses"),
        schema="identity",
    )
    op.execute("CREATE INDEX ix_blacklisted_addresses_newest ON identity.blacklisted_addresses (added_at DESC, entry_id)")
    op.execute("CREATE INDEX ix_blacklisted_addresses_entry ON identity.blacklisted_addresses (workspace_id, entry_id)")
    op.execute("ALTER TABLE identity.blacklist ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.blacklist FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON identity.blacklist USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, DELETE ON identity.blacklist TO identity_app")
    op.execute("GRANT SELECT, INSERT ON identity.blacklisted_addresses TO identity_app")


def downgrade() -> None:
    op.drop_table("blacklisted_addresses", schema="identity")
    op.drop_table("blacklist", schema="identity")
    op.execute("ALTER TABLE identity.activities NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM identity.activities WHERE subject_id IS NULL")
    op.execute("ALTER TABLE identity.activities FORCE ROW LEVEL SECURITY")
    op.alter_column("activities", "subject_id", nullable=False, schema="identity")
    op.alter_column("activities", "subject_name", nullable=False, schema="identity")
    for index in ("newest", "pending", "users", "name"):
        op.drop_index(f"ix_workspace_directory_{index}", table_name="workspace_directory", schema="identity")
    op.create_index("ix_workspace_directory_created", "workspace_directory", ["created_at"], unique=False, schema="identity")
    for name in ("added", "changed", "deleted"):
        op.execute(f"DROP TRIGGER count_{name}_users ON identity.users")
    op.execute("DROP FUNCTION identity.count_users()")
    op.drop_column("workspace_directory", "total_users", schema="identity")
    op.execute("DROP TRIGGER keep_directory ON identity.workspaces")
    op.execute(
        "CREATE TRIGGER keep_directory AFTER INSERT OR UPDATE OF name, status ON identity.workspaces"
        " FOR EACH ROW EXECUTE FUNCTION identity.keep_directory()"
    )
    op.execute(KEEP_DIRECTORY_BEFORE)
    op.drop_constraint("workspace_deletion", "workspaces", schema="identity", type_="check")
    for table in ("workspaces", "workspace_directory"):
        for name in ("deleted_at", "erase_after"):
            op.drop_column(table, name, schema="identity")
    op.drop_column("workspace_directory", "active_users", schema="identity")
