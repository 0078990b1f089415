"""What has expired is found across workspaces by the relay's role, as in every service."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("login_sessions", "magic_links"):
        op.drop_index(f"ix_{table}_expires", table_name=table, schema="identity")
        op.create_index(f"ix_{table}_expires", table, ["expires_at"], unique=False, schema="identity")
        op.execute(f"GRANT SELECT (expires_at, id, workspace_id) ON identity.{table} TO identity_relay")
        op.execute(f"CREATE POLICY relay ON identity.{table} AS PERMISSIVE FOR ALL TO identity_relay USING (true) WITH CHECK (true)")


def downgrade() -> None:
    for table in ("login_sessions", "magic_links"):
        op.execute(f"DROP POLICY relay ON identity.{table}")
        op.execute(f"REVOKE ALL ON identity.{table} FROM identity_relay")
        op.drop_index(f"ix_{table}_expires", table_name=table, schema="identity")
        op.create_index(f"ix_{table}_expires", table, ["workspace_id", "expires_at"], unique=False, schema="identity")
