"""Single sign-on: OpenID providers of workspaces, whose accounts are whose, and sign-ins under way."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
TENANT_TABLES = ("sso_providers", "sso_accounts", "sso_attempts")


def upgrade() -> None:
    op.create_table(
        "sso_directory",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_sso_directory"),
        sa.UniqueConstraint("slug", name="sso_slug_taken"),
        schema="identity",
    )
    op.create_table(
        "sso_providers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_sso_providers"),
        schema="identity",
    )
    op.create_table(
        "sso_accounts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("account_index", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="sso_account_of_a_user"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "account_index", name="sso_account_known"),
        sa.UniqueConstraint("workspace_id", "user_id", name="sso_account_taken"),
        schema="identity",
    )
    op.create_table(
        "sso_attempts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("provider_version", sa.BigInteger(), nullable=False),
        sa.Column("return_to_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["identity.sso_providers.workspace_id"], name="sso_attempt_of_a_provider"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_sso_attempts"),
        schema="identity",
    )
    op.create_index("ix_sso_attempts_expires", "sso_attempts", ["expires_at"], unique=False, schema="identity")
    for table in ("sso_directory", *TENANT_TABLES):
        op.execute(f"ALTER TABLE identity.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")
    for table in TENANT_TABLES:
        op.execute(f"CREATE POLICY tenant ON identity.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_insert ON identity.sso_directory FOR INSERT WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_update ON identity.sso_directory FOR UPDATE USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("CREATE POLICY everybody_finds ON identity.sso_directory FOR SELECT USING (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (slug) ON identity.sso_directory TO identity_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (is_enabled, is_required, version, sealed, updated_at) ON identity.sso_providers TO identity_app"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON identity.sso_accounts TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON identity.sso_attempts TO identity_app")
    op.execute("CREATE POLICY relay ON identity.sso_attempts TO identity_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT (workspace_id, id, expires_at) ON identity.sso_attempts TO identity_relay")


def downgrade() -> None:
    op.drop_table("sso_attempts", schema="identity")
    op.drop_table("sso_accounts", schema="identity")
    op.drop_table("sso_providers", schema="identity")
    op.drop_table("sso_directory", schema="identity")
