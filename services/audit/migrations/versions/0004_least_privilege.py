"""Roles may do with each table what their statements need, and no longer everything."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE ALL ON audit.chain_heads FROM audit_app")
    op.execute("REVOKE ALL ON audit.data_keys FROM audit_app")
    op.execute("REVOKE ALL ON audit.dead_letters FROM audit_app")
    op.execute("REVOKE ALL ON audit.dead_letters FROM audit_relay")
    op.execute("REVOKE ALL ON audit.idempotency FROM audit_app")
    op.execute("REVOKE ALL ON audit.inbox FROM audit_app")
    op.execute("REVOKE ALL ON audit.outbox FROM audit_app")
    op.execute("REVOKE ALL ON audit.outbox FROM audit_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE (hash, sequence) ON audit.chain_heads TO audit_app")
    op.execute("GRANT SELECT, INSERT ON audit.data_keys TO audit_app")
    op.execute("GRANT SELECT, UPDATE (state, wrapped), DELETE ON audit.data_keys TO audit_keys")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (attempts, died_at, error, replay_requested_at, replayed_at) ON audit.dead_letters TO audit_app"
    )
    op.execute("GRANT SELECT, UPDATE (replay_requested_at, replayed_at), DELETE ON audit.dead_letters TO audit_relay")
    op.execute("GRANT SELECT, INSERT, DELETE ON audit.idempotency TO audit_app")
    op.execute("GRANT SELECT, INSERT ON audit.inbox TO audit_app")
    op.execute("GRANT INSERT (id, occurred_at, payload, request_id, traceparent, type, workspace_id) ON audit.outbox TO audit_app")
    op.execute("GRANT SELECT, UPDATE (attempts, due_at, last_error, published_at), DELETE ON audit.outbox TO audit_relay")
    op.execute("REVOKE EXECUTE ON FUNCTION audit.refuse_change() FROM PUBLIC")


def downgrade() -> None:
    op.execute("GRANT EXECUTE ON FUNCTION audit.refuse_change() TO PUBLIC")
    op.execute("REVOKE ALL ON audit.chain_heads FROM audit_app")
    op.execute("REVOKE ALL ON audit.data_keys FROM audit_app")
    op.execute("REVOKE ALL ON audit.data_keys FROM audit_keys")
    op.execute("REVOKE ALL ON audit.dead_letters FROM audit_app")
    op.execute("REVOKE ALL ON audit.dead_letters FROM audit_relay")
    op.execute("REVOKE ALL ON audit.idempotency FROM audit_app")
    op.execute("REVOKE ALL ON audit.inbox FROM audit_app")
    op.execute("REVOKE ALL ON audit.outbox FROM audit_app")
    op.execute("REVOKE ALL ON audit.outbox FROM audit_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE ON audit.chain_heads TO audit_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON audit.data_keys TO audit_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON audit.dead_letters TO audit_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON audit.dead_letters TO audit_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON audit.idempotency TO audit_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON audit.inbox TO audit_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON audit.outbox TO audit_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON audit.outbox TO audit_relay")
