"""Second factors, their backup codes, and first steps that wait for the second; a login session may take a further step."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE identity.login_attempts DROP CONSTRAINT login_attempt_purpose")
    op.execute("REVOKE ALL ON identity.login_sessions FROM identity_app")
    op.execute("REVOKE ALL ON identity.users FROM identity_app")
    op.create_table(
        "second_factors",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="second_factor_of_a_user"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="second_factor_enabled"),
        schema="identity",
    )
    op.create_table(
        "second_steps",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("amr", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="second_step_of_a_user"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_second_steps"),
        schema="identity",
    )
    op.create_index("ix_second_steps_expires", "second_steps", ["expires_at"], unique=False, schema="identity")
    op.create_table(
        "backup_codes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["identity.second_factors.workspace_id", "identity.second_factors.user_id"],
            name="backup_code_of_a_second_factor",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "hash", name="pk_backup_codes"),
        schema="identity",
    )
    op.drop_column("users", "totp_sealed", schema="identity")
    op.execute(
        "ALTER TABLE identity.login_attempts ADD CONSTRAINT login_attempt_purpose CHECK ((purpose = ANY (ARRAY['password'::text, 'link'::text, 'reset'::text, 'second_step'::text])))"
    )
    op.execute(
        "GRANT DELETE, INSERT, SELECT, UPDATE (amr, end_reason, ended_at, idle_at, last_seen_at) ON identity.login_sessions TO identity_app"
    )
    op.execute(
        "GRANT INSERT, SELECT, UPDATE (department_id, is_active, last_login_at, license_number, password_hash, role, sealed, shift_schedule, specialization, supervisor_id, updated_at, version) ON identity.users TO identity_app"
    )
    op.execute("ALTER TABLE identity.second_factors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON identity.second_factors USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (confirmed_at, last_step), DELETE ON identity.second_factors TO identity_app")
    op.execute("ALTER TABLE identity.second_steps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON identity.second_steps USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON identity.second_steps TO identity_app")
    op.execute("GRANT SELECT (expires_at, id, workspace_id) ON identity.second_steps TO identity_relay")
    op.execute("CREATE POLICY relay ON identity.second_steps AS PERMISSIVE FOR ALL TO identity_relay USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE identity.backup_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON identity.backup_codes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (used_at) ON identity.backup_codes TO identity_app")


def downgrade() -> None:
    op.execute("ALTER TABLE identity.login_attempts DROP CONSTRAINT login_attempt_purpose")
    op.execute("REVOKE ALL ON identity.login_sessions FROM identity_app")
    op.execute("REVOKE ALL ON identity.users FROM identity_app")
    op.add_column("users", sa.Column("totp_sealed", postgresql.BYTEA(), autoincrement=False, nullable=True), schema="identity")
    op.drop_table("backup_codes", schema="identity")
    op.drop_index("ix_second_steps_expires", table_name="second_steps", schema="identity")
    op.drop_table("second_steps", schema="identity")
    op.drop_table("second_factors", schema="identity")
    # What has waited for a second step is forgotten: the counts are of the last day.
    op.execute("DELETE FROM identity.login_attempts WHERE purpose = 'second_step'")
    op.execute(
        "ALTER TABLE identity.login_attempts ADD CONSTRAINT login_attempt_purpose CHECK ((purpose = ANY (ARRAY['password'::text, 'link'::text, 'reset'::text])))"
    )
    op.execute(
        "GRANT DELETE, INSERT, SELECT, UPDATE (end_reason, ended_at, idle_at, last_seen_at) ON identity.login_sessions TO identity_app"
    )
    op.execute(
        "GRANT INSERT, SELECT, UPDATE (department_id, is_active, last_login_at, license_number, password_hash, role, sealed, shift_schedule, specialization, supervisor_id, totp_sealed, updated_at, version) ON identity.users TO identity_app"
    )
