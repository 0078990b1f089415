"""Roles may do with each table what their statements need, and no longer everything."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE ALL ON scheduling.appointments FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.data_keys FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.dead_letters FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.dead_letters FROM scheduling_relay")
    op.execute("REVOKE ALL ON scheduling.idempotency FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.inbox FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.locations FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.outbox FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.outbox FROM scheduling_relay")
    op.execute("REVOKE ALL ON scheduling.services FROM scheduling_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (cancelled_at, cancelled_by, client_id, deleted_at, deleted_by, deletion_reason, during, "
        "edit_count, edited_at, location_id, location_type, overbooked, overbooked_at, overbooked_by, practitioner_id, "
        "scheduled_end, scheduled_start, sealed, service_id, status, updated_at, version), DELETE ON scheduling.appointments TO "
        "scheduling_app"
    )
    op.execute("GRANT SELECT, INSERT ON scheduling.data_keys TO scheduling_app")
    op.execute("GRANT SELECT, UPDATE (state, wrapped), DELETE ON scheduling.data_keys TO scheduling_keys")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (attempts, died_at, error, replay_requested_at, replayed_at) ON scheduling.dead_letters TO "
        "scheduling_app"
    )
    op.execute("GRANT SELECT, UPDATE (replay_requested_at, replayed_at), DELETE ON scheduling.dead_letters TO scheduling_relay")
    op.execute("GRANT SELECT, INSERT, DELETE ON scheduling.idempotency TO scheduling_app")
    op.execute("GRANT SELECT, INSERT ON scheduling.inbox TO scheduling_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (address, deleted_at, details, is_active, location_type, name, updated_at) ON "
        "scheduling.locations TO scheduling_app"
    )
    op.execute(
        "GRANT INSERT (id, occurred_at, payload, request_id, traceparent, type, workspace_id) ON scheduling.outbox TO scheduling_app"
    )
    op.execute("GRANT SELECT, UPDATE (attempts, due_at, last_error, published_at), DELETE ON scheduling.outbox TO scheduling_relay")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (buffer_after_minutes, buffer_before_minutes, currency, default_duration_minutes, "
        "deleted_at, description, is_active, name, price_minor_units, updated_at) ON scheduling.services TO scheduling_app"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION scheduling.keep_counts() FROM PUBLIC")


def downgrade() -> None:
    op.execute("GRANT EXECUTE ON FUNCTION scheduling.keep_counts() TO PUBLIC")
    op.execute("REVOKE ALL ON scheduling.appointments FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.data_keys FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.data_keys FROM scheduling_keys")
    op.execute("REVOKE ALL ON scheduling.dead_letters FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.dead_letters FROM scheduling_relay")
    op.execute("REVOKE ALL ON scheduling.idempotency FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.inbox FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.locations FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.outbox FROM scheduling_app")
    op.execute("REVOKE ALL ON scheduling.outbox FROM scheduling_relay")
    op.execute("REVOKE ALL ON scheduling.services FROM scheduling_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.appointments TO scheduling_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.data_keys TO scheduling_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.dead_letters TO scheduling_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON scheduling.dead_letters TO scheduling_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.idempotency TO scheduling_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.inbox TO scheduling_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON scheduling.locations TO scheduling_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.outbox TO scheduling_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON scheduling.outbox TO scheduling_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE ON scheduling.services TO scheduling_app")
