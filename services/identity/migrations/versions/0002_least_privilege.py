"""Roles may do with each table what their statements need, and no longer everything."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE ALL ON identity.data_keys FROM identity_app")
    op.execute("REVOKE ALL ON identity.dead_letters FROM identity_app")
    op.execute("REVOKE ALL ON identity.dead_letters FROM identity_relay")
    op.execute("REVOKE ALL ON identity.departments FROM identity_app")
    op.execute("REVOKE ALL ON identity.idempotency FROM identity_app")
    op.execute("REVOKE ALL ON identity.inbox FROM identity_app")
    op.execute("REVOKE ALL ON identity.login_sessions FROM identity_app")
    op.execute("REVOKE ALL ON identity.magic_links FROM identity_app")
    op.execute("REVOKE ALL ON identity.outbox FROM identity_app")
    op.execute("REVOKE ALL ON identity.outbox FROM identity_relay")
    op.execute("REVOKE ALL ON identity.refresh_tokens FROM identity_app")
    op.execute("REVOKE ALL ON identity.users FROM identity_app")
    op.execute("REVOKE ALL ON identity.workspaces FROM identity_app")
    op.execute("GRANT SELECT, INSERT ON identity.data_keys TO identity_app")
    op.execute("GRANT SELECT, UPDATE (state, wrapped), DELETE ON identity.data_keys TO identity_keys")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (attempts, died_at, error, replay_requested_at, replayed_at) ON identity.dead_letters TO identity_app"
    )
    op.execute("GRANT SELECT, UPDATE (replay_requested_at, replayed_at), DELETE ON identity.dead_letters TO identity_relay")
    op.execute("GRANT SELECT ON identity.departments TO identity_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON identity.idempotency TO identity_app")
    op.execute("GRANT SELECT, INSERT ON identity.inbox TO identity_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (end_reason, ended_at, idle_at, last_seen_at), DELETE ON identity.login_sessions TO identity_app"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (hash, used_at), DELETE ON identity.magic_links TO identity_app")
    op.execute("GRANT INSERT (id, occurred_at, payload, request_id, traceparent, type, workspace_id) ON identity.outbox TO identity_app")
    op.execute("GRANT SELECT, UPDATE (attempts, due_at, last_error, published_at), DELETE ON identity.outbox TO identity_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE (successor_sealed, used_at) ON identity.refresh_tokens TO identity_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (department_id, is_active, last_login_at, license_number, password_hash, role, sealed, "
        "shift_schedule, specialization, totp_sealed, updated_at, version) ON identity.users TO identity_app"
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (address, license_number, locale, name, phone, settings, status, time_zone, updated_at) ON "
        "identity.workspaces TO identity_app"
    )
    # The tables without row security.
    op.execute("REVOKE ALL ON identity.sign_ins, identity.login_attempts, identity.revocations FROM identity_app")
    op.execute("GRANT SELECT, INSERT ON identity.sign_ins TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (count, last_at, blocked_until), DELETE ON identity.login_attempts TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (epoch, created_at), DELETE ON identity.revocations TO identity_app")


def downgrade() -> None:
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.sign_ins, identity.login_attempts, identity.revocations TO identity_app")
    op.execute("REVOKE ALL ON identity.data_keys FROM identity_app")
    op.execute("REVOKE ALL ON identity.data_keys FROM identity_keys")
    op.execute("REVOKE ALL ON identity.dead_letters FROM identity_app")
    op.execute("REVOKE ALL ON identity.dead_letters FROM identity_relay")
    op.execute("REVOKE ALL ON identity.departments FROM identity_app")
    op.execute("REVOKE ALL ON identity.idempotency FROM identity_app")
    op.execute("REVOKE ALL ON identity.inbox FROM identity_app")
    op.execute("REVOKE ALL ON identity.login_sessions FROM identity_app")
    op.execute("REVOKE ALL ON identity.magic_links FROM identity_app")
    op.execute("REVOKE ALL ON identity.outbox FROM identity_app")
    op.execute("REVOKE ALL ON identity.outbox FROM identity_relay")
    op.execute("REVOKE ALL ON identity.refresh_tokens FROM identity_app")
    op.execute("REVOKE ALL ON identity.users FROM identity_app")
    op.execute("REVOKE ALL ON identity.workspaces FROM identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.data_keys TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.dead_letters TO identity_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON identity.dead_letters TO identity_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.departments TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.idempotency TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.inbox TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.login_sessions TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.magic_links TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.outbox TO identity_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON identity.outbox TO identity_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.refresh_tokens TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.users TO identity_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.workspaces TO identity_app")
