"""Roles may do with each table what their statements need; an erasure alone deletes signed notes and their versions."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEEP_VERSIONS = """
CREATE OR REPLACE FUNCTION clinical.keep_versions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'clinical_eraser' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'versions of notes are never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_kept';
END
$$
"""
# What was signed stands in a version, and what is shown as signed has to stand in one as well. An amendment stores its version first.
KEEP_SIGNED = """
CREATE FUNCTION clinical.keep_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.permanent_delete_after <= now() OR EXISTS (
            SELECT FROM clinical.clients AS client
            WHERE client.workspace_id = OLD.workspace_id AND client.id = OLD.client_id AND client.erased_at IS NOT NULL
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a signed note is kept' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'signed_note_kept';
    END IF;
    IF NEW.status = 'draft'
        OR (NEW.finalized_at, NEW.finalized_by_user_id) IS DISTINCT FROM (OLD.finalized_at, OLD.finalized_by_user_id)
        OR (NEW.sealed, NEW.session_date, NEW.duration_minutes, NEW.amended_at, NEW.amendment_count)
            IS DISTINCT FROM (OLD.sealed, OLD.session_date, OLD.duration_minutes, OLD.amended_at, OLD.amendment_count)
        AND NOT (NEW.amendment_count = OLD.amendment_count + 1 AND EXISTS (
            SELECT FROM clinical.session_versions AS version
            WHERE version.workspace_id = OLD.workspace_id AND version.session_id = OLD.id AND version.version_number = NEW.amendment_count + 1
        ))
        -- Deleted, restored or parted from its appointment: the note is sealed anew, because its version is part of the seal.
        AND NOT ((NEW.deleted_at, NEW.appointment_id) IS DISTINCT FROM (OLD.deleted_at, OLD.appointment_id) AND NEW.version = OLD.version + 1
            AND (NEW.session_date, NEW.duration_minutes, NEW.amended_at, NEW.amendment_count)
                IS NOT DISTINCT FROM (OLD.session_date, OLD.duration_minutes, OLD.amended_at, OLD.amendment_count))
    THEN
        RAISE EXCEPTION 'a signed note changes by amendments' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'signed_note_unchanged';
    END IF;
    RETURN NEW;
END
$$
"""
KEPT_VERSIONS_BEFORE = """
CREATE OR REPLACE FUNCTION clinical.keep_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'versions of notes are never changed' USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    op.execute("REVOKE ALL ON clinical.attachments FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.clients FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.history FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.data_keys FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.dead_letters FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.dead_letters FROM clinical_relay")
    op.execute("REVOKE ALL ON clinical.idempotency FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.inbox FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.outbox FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.outbox FROM clinical_relay")
    op.execute("REVOKE ALL ON clinical.sessions FROM clinical_app")
    op.drop_constraint(op.f("fk_session_versions_session"), "session_versions", schema="clinical", type_="foreignkey")
    op.create_foreign_key(
        "fk_session_versions_session",
        "session_versions",
        "sessions",
        ["workspace_id", "session_id"],
        ["workspace_id", "id"],
        source_schema="clinical",
        referent_schema="clinical",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (sealed, status, version), DELETE ON clinical.attachments TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (erased_at) ON clinical.clients TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (appointment_id, at) ON clinical.history TO clinical_app")
    op.execute("GRANT SELECT, INSERT ON clinical.data_keys TO clinical_app")
    op.execute("GRANT SELECT, UPDATE (state, wrapped), DELETE ON clinical.data_keys TO clinical_keys")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (attempts, died_at, error, replay_requested_at, replayed_at) ON clinical.dead_letters TO clinical_app"
    )
    op.execute("GRANT SELECT, UPDATE (replay_requested_at, replayed_at), DELETE ON clinical.dead_letters TO clinical_relay")
    op.execute("GRANT SELECT, INSERT, DELETE ON clinical.idempotency TO clinical_app")
    op.execute("GRANT SELECT, INSERT ON clinical.inbox TO clinical_app")
    op.execute("GRANT INSERT (id, occurred_at, payload, request_id, traceparent, type, workspace_id) ON clinical.outbox TO clinical_app")
    op.execute("GRANT SELECT, UPDATE (attempts, due_at, last_error, published_at), DELETE ON clinical.outbox TO clinical_relay")
    op.execute("GRANT SELECT, DELETE ON clinical.session_versions TO clinical_eraser")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (amended_at, amendment_count, appointment_id, attachment_count, deleted_at, deleted_by_user_id, "
        "draft_last_saved_at, duration_minutes, finalized_at, finalized_by_user_id, permanent_delete_after, sealed, session_date, "
        "status, updated_at, version) ON clinical.sessions TO clinical_app"
    )
    op.execute("GRANT SELECT, DELETE ON clinical.sessions TO clinical_eraser")
    op.execute("REVOKE EXECUTE ON FUNCTION clinical.keep_versions() FROM PUBLIC")
    op.execute(KEEP_VERSIONS)
    op.execute(KEEP_SIGNED)
    op.execute("REVOKE EXECUTE ON FUNCTION clinical.keep_signed() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER keep_signed BEFORE UPDATE OR DELETE ON clinical.sessions"
        " FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION clinical.keep_signed()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_signed ON clinical.sessions")
    op.execute("DROP FUNCTION clinical.keep_signed()")
    op.execute(KEPT_VERSIONS_BEFORE)
    op.execute("GRANT EXECUTE ON FUNCTION clinical.keep_versions() TO PUBLIC")
    op.execute("REVOKE ALL ON clinical.attachments FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.clients FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.history FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.data_keys FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.data_keys FROM clinical_keys")
    op.execute("REVOKE ALL ON clinical.dead_letters FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.dead_letters FROM clinical_relay")
    op.execute("REVOKE ALL ON clinical.idempotency FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.inbox FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.outbox FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.outbox FROM clinical_relay")
    op.execute("REVOKE ALL ON clinical.session_versions FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.sessions FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.sessions FROM clinical_eraser")
    op.drop_constraint("fk_session_versions_session", "session_versions", schema="clinical", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_session_versions_session"),
        "session_versions",
        "sessions",
        ["workspace_id", "session_id"],
        ["workspace_id", "id"],
        source_schema="clinical",
        referent_schema="clinical",
        ondelete="CASCADE",
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clinical.attachments TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON clinical.clients TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON clinical.history TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clinical.data_keys TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clinical.dead_letters TO clinical_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON clinical.dead_letters TO clinical_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clinical.idempotency TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clinical.inbox TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clinical.outbox TO clinical_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON clinical.outbox TO clinical_relay")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON clinical.sessions TO clinical_app")
