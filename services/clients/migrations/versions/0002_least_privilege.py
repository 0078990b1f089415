"""Roles may do with each table what their statements need, and no longer everything."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE ALL ON clients.clients FROM clients_app")
    op.execute("REVOKE ALL ON clients.data_keys FROM clients_app")
    op.execute("REVOKE ALL ON clients.dead_letters FROM clients_app")
    op.execute("REVOKE ALL ON clients.dead_letters FROM clients_relay")
    op.execute("REVOKE ALL ON clients.directory FROM clients_app")
    op.execute("REVOKE ALL ON clients.idempotency FROM clients_app")
    op.execute("REVOKE ALL ON clients.inbox FROM clients_app")
    op.execute("REVOKE ALL ON clients.outbox FROM clients_app")
    op.execute("REVOKE ALL ON clients.outbox FROM clients_relay")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (consent_status, external_id_index, is_active, revision, sealed, sealed_name, time_zone, "
        "updated_at, version), DELETE ON clients.clients TO clients_app"
    )
    op.execute("GRANT SELECT, INSERT ON clients.data_keys TO clients_app")
    op.execute("GRANT SELECT, UPDATE (state, wrapped), DELETE ON clients.data_keys TO clients_keys")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (attempts, died_at, error, replay_requested_at, replayed_at) ON clients.dead_letters TO clients_app"
    )
    op.execute("GRANT SELECT, UPDATE (replay_requested_at, replayed_at), DELETE ON clients.dead_letters TO clients_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE (revision) ON clients.directory TO clients_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON clients.idempotency TO clients_app")
    op.execute("GRANT SELECT, INSERT ON clients.inbox TO clients_app")
    op.execute("GRANT INSERT (id, occurred_at, payload, request_id, traceparent, type, workspace_id) ON clients.outbox TO clients_app")
    op.execute("GRANT SELECT, UPDATE (attempts, due_at, last_error, published_at), DELETE ON clients.outbox TO clients_relay")


def downgrade() -> None:
    op.execute("REVOKE ALL ON clients.clients FROM clients_app")
    op.execute("REVOKE ALL ON clients.data_keys FROM clients_app")
    op.execute("REVOKE ALL ON clients.data_keys FROM clients_keys")
    op.execute("REVOKE ALL ON clients.dead_letters FROM clients_app")
    op.execute("REVOKE ALL ON clients.dead_letters FROM clients_relay")
    op.execute("REVOKE ALL ON clients.directory FROM clients_app")
    op.execute("REVOKE ALL ON clients.idempotency FROM clients_app")
    op.execute("REVOKE ALL ON clients.inbox FROM clients_app")
    op.execute("REVOKE ALL ON clients.outbox FROM clients_app")
    op.execute("REVOKE ALL ON clients.outbox FROM clients_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clients.clients TO clients_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clients.data_keys TO clients_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clients.dead_letters TO clients_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON clients.dead_letters TO clients_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE ON clients.directory TO clients_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clients.idempotency TO clients_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clients.inbox TO clients_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clients.outbox TO clients_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON clients.outbox TO clients_relay")
