"""Passkeys, and the challenges that were used up; attempts with passkeys are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE identity.login_attempts DROP CONSTRAINT login_attempt_purpose")
    op.create_table(
        "used_challenges",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_used_challenges"),
        schema="identity",
    )
    op.create_index("ix_used_challenges_expires", "used_challenges", ["expires_at"], unique=False, schema="identity")
    op.create_table(
        "passkeys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("aaguid", sa.Uuid(), nullable=False),
        sa.Column("backup_eligible", sa.Boolean(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="passkey_of_a_user"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_passkeys"),
        sa.UniqueConstraint("workspace_id", "credential_id", name="passkey_registered"),
        schema="identity",
    )
    op.create_index("ix_passkeys_user", "passkeys", ["workspace_id", "user_id", "created_at"], unique=False, schema="identity")
    op.execute(
        "ALTER TABLE identity.login_attempts ADD CONSTRAINT login_attempt_purpose CHECK ((purpose = ANY (ARRAY['password'::text, 'link'::text, 'reset'::text, 'second_step'::text, 'passkey'::text])))"
    )
    op.execute("ALTER TABLE identity.used_challenges ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON identity.used_challenges USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON identity.used_challenges TO identity_app")
    op.execute("GRANT SELECT (workspace_id, id, expires_at) ON identity.used_challenges TO identity_relay")
    op.execute("CREATE POLICY relay ON identity.used_challenges TO identity_relay USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE identity.passkeys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON identity.passkeys USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (sign_count, backed_up, name, last_used_at), DELETE ON identity.passkeys TO identity_app")


def downgrade() -> None:
    op.execute("ALTER TABLE identity.login_attempts DROP CONSTRAINT login_attempt_purpose")
    op.drop_index("ix_passkeys_user", table_name="passkeys", schema="identity")
    op.drop_table("passkeys", schema="identity")
    op.drop_index("ix_used_challenges_expires", table_name="used_challenges", schema="identity")
    op.drop_table("used_challenges", schema="identity")
    # Attempts with passkeys are forgotten: the counts are of the last day.
    op.execute("DELETE FROM identity.login_attempts WHERE purpose = 'passkey'")
    op.execute(
        "ALTER TABLE identity.login_attempts ADD CONSTRAINT login_attempt_purpose CHECK ((purpose = ANY (ARRAY['password'::text, 'link'::text, 'reset'::text, 'second_step'::text])))"
    )
