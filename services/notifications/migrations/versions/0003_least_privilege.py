"""Roles may do with each table what their statements need, and no longer everything."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE ALL ON notifications.data_keys FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.dead_letters FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.dead_letters FROM notifications_relay")
    op.execute("REVOKE ALL ON notifications.idempotency FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.inbox FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.mails FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.outbox FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.outbox FROM notifications_relay")
    op.execute("REVOKE ALL ON notifications.reminder_configurations FROM notifications_app")
    op.execute("GRANT SELECT, INSERT ON notifications.data_keys TO notifications_app")
    op.execute("GRANT SELECT, UPDATE (state, wrapped), DELETE ON notifications.data_keys TO notifications_keys")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (attempts, died_at, error, replay_requested_at, replayed_at) ON notifications.dead_letters "
        "TO notifications_app"
    )
    op.execute("GRANT SELECT, UPDATE (replay_requested_at, replayed_at), DELETE ON notifications.dead_letters TO notifications_relay")
    op.execute("GRANT SELECT, INSERT, DELETE ON notifications.idempotency TO notifications_app")
    op.execute("GRANT SELECT, INSERT ON notifications.inbox TO notifications_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (attempts, last_error, next_attempt_at, sent_at, status) ON notifications.mails TO notifications_app"
    )
    op.execute(
        "GRANT INSERT (id, occurred_at, payload, request_id, traceparent, type, workspace_id) ON notifications.outbox TO notifications_app"
    )
    op.execute("GRANT SELECT, UPDATE (attempts, due_at, last_error, published_at), DELETE ON notifications.outbox TO notifications_relay")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (channel, hours_before, is_active, updated_at), DELETE ON "
        "notifications.reminder_configurations TO notifications_app"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION notifications.keep_due_work(), notifications.keep_figures() FROM PUBLIC")


def downgrade() -> None:
    op.execute("GRANT EXECUTE ON FUNCTION notifications.keep_due_work(), notifications.keep_figures() TO PUBLIC")
    op.execute("REVOKE ALL ON notifications.data_keys FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.data_keys FROM notifications_keys")
    op.execute("REVOKE ALL ON notifications.dead_letters FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.dead_letters FROM notifications_relay")
    op.execute("REVOKE ALL ON notifications.idempotency FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.inbox FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.mails FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.outbox FROM notifications_app")
    op.execute("REVOKE ALL ON notifications.outbox FROM notifications_relay")
    op.execute("REVOKE ALL ON notifications.reminder_configurations FROM notifications_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.data_keys TO notifications_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.dead_letters TO notifications_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON notifications.dead_letters TO notifications_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.idempotency TO notifications_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.inbox TO notifications_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON notifications.mails TO notifications_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.outbox TO notifications_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON notifications.outbox TO notifications_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.reminder_configurations TO notifications_app")
