"""Notes, files and plans whose client was merged into another one, and a manifest of them."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
# What the app may change of rows that name a client.
GIVEN = {
    "sessions": "client_id, signed_for",
    "attachments": "client_id",
    "plans": "client_id",
    "history": "client_id",
    "plan_events": "client_id",
    "sync_receipts": "client_id",
}
# The trigger on signed notes, with what lets them be another client's.
KEEP_SIGNED = """
CREATE OR REPLACE FUNCTION clinical.keep_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    signed integer := coalesce(OLD.signed_versions, OLD.amendment_count + 1);
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.permanent_delete_after <= now() OR EXISTS (
            SELECT FROM clinical.clients AS client
            WHERE client.workspace_id = OLD.workspace_id AND client.id = OLD.client_id AND client.erased_at IS NOT NULL
        ) OR EXISTS (
            SELECT FROM clinical.erased_workspaces AS erased WHERE erased.workspace_id = OLD.workspace_id
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a signed note is kept' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'signed_note_kept';
    END IF;
    IF NEW.status = 'draft' AND NEW.finalized_at IS NULL AND NEW.finalized_by_user_id IS NULL AND NEW.version = OLD.version + 1
        AND NEW.signed_versions = signed
        AND (NEW.session_date, NEW.duration_minutes, NEW.amended_at, NEW.amendment_count, NEW.appointment_id, NEW.deleted_at)
            IS NOT DISTINCT FROM
            (OLD.session_date, OLD.duration_minutes, OLD.amended_at, OLD.amendment_count, OLD.appointment_id, OLD.deleted_at)
        AND EXISTS (
            SELECT FROM clinical.session_versions AS version
            WHERE version.workspace_id = OLD.workspace_id AND version.session_id = OLD.id AND version.version_number = signed
        )
    THEN
        RETURN NEW;
    END IF;
    IF NEW.status = 'draft'
        OR (NEW.finalized_at, NEW.finalized_by_user_id) IS DISTINCT FROM (OLD.finalized_at, OLD.finalized_by_user_id)
        OR (NEW.sealed, NEW.session_date, NEW.duration_minutes, NEW.amended_at, NEW.amendment_count, NEW.signed_versions)
            IS DISTINCT FROM (OLD.sealed, OLD.session_date, OLD.duration_minutes, OLD.amended_at, OLD.amendment_count, OLD.signed_versions)
        AND NOT (NEW.amendment_count = OLD.amendment_count + 1 AND NEW.signed_versions = signed + 1 AND EXISTS (
            SELECT FROM clinical.session_versions AS version
            WHERE version.workspace_id = OLD.workspace_id AND version.session_id = OLD.id AND version.version_number = signed + 1
        ))
        -- Deleted, restored, to be erased, parted from its appointment%s: it is sealed anew, because its version is part of the seal.
        AND NOT ((NEW.deleted_at, NEW.permanent_delete_after, NEW.appointment_id%s)
                IS DISTINCT FROM (OLD.deleted_at, OLD.permanent_delete_after, OLD.appointment_id%s) AND NEW.version = OLD.version + 1
            AND (NEW.session_date, NEW.duration_minutes, NEW.amended_at, NEW.amendment_count, NEW.signed_versions)
                IS NOT DISTINCT FROM
                (OLD.session_date, OLD.duration_minutes, OLD.amended_at, OLD.amendment_count, OLD.signed_versions))
    THEN
        RAISE EXCEPTION 'a signed note changes by amendments' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'signed_note_unchanged';
    END IF;
    RETURN NEW;
END
$$
"""

# Only what the manifest names becomes another client's, there and back; a file goes with its note.
KEEP_CLIENT = """
CREATE FUNCTION clinical.keep_client() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF NEW.version = OLD.version + 1 AND EXISTS (
        SELECT FROM clinical.moved_rows AS moved
        WHERE moved.workspace_id = NEW.workspace_id
            AND (
                (moved.table_name, moved.id) = (TG_TABLE_NAME, NEW.id)
                OR (moved.table_name, moved.id) = ('sessions', (to_jsonb(NEW) ->> 'session_id')::uuid)
            )
            AND ((moved.old_owner, moved.new_owner) = (OLD.client_id, NEW.client_id)
                OR (moved.new_owner, moved.old_owner) = (OLD.client_id, NEW.client_id))
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'it stays its client''s' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'client_kept';
END
$$
"""


def upgrade() -> None:
    op.add_column("sessions", sa.Column("signed_for", sa.Text(), nullable=True), schema="clinical")
    op.add_column("clients", sa.Column("merged_into", sa.Uuid(), nullable=True), schema="clinical")
    op.execute("GRANT UPDATE (merged_into) ON clinical.clients TO clinical_app")
    op.create_table(
        "moved_rows",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("old_owner", sa.Uuid(), nullable=False),
        sa.Column("new_owner", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="moved", nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('moved', 'back', 'changed', 'kept')", name="move_outcome_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", "table_name", "move_id", name="pk_moved_rows"),
        schema="clinical",
    )
    op.create_index("ix_moved_rows_move", "moved_rows", ["workspace_id", "move_id", "table_name", "id"], unique=False, schema="clinical")
    op.create_index("ix_moved_rows_old_owner", "moved_rows", ["workspace_id", "old_owner"], unique=False, schema="clinical")
    op.create_index("ix_moved_rows_new_owner", "moved_rows", ["workspace_id", "new_owner"], unique=False, schema="clinical")
    op.create_index("ix_moved_rows_over", "moved_rows", ["moved_at"], unique=False, schema="clinical")
    op.execute("ALTER TABLE clinical.moved_rows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clinical.moved_rows USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("CREATE POLICY relay ON clinical.moved_rows TO clinical_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (outcome), DELETE ON clinical.moved_rows TO clinical_app")
    op.execute("GRANT SELECT ON clinical.moved_rows TO clinical_relay")
    for table, columns in GIVEN.items():
        op.execute(f"GRANT UPDATE ({columns}) ON clinical.{table} TO clinical_app")
    op.execute(KEEP_SIGNED % (" or another client's", ", NEW.client_id", ", OLD.client_id"))
    _count_events_of("(OLD.hidden, OLD.client_id) IS DISTINCT FROM (NEW.hidden, NEW.client_id)")
    op.execute(KEEP_CLIENT)
    op.execute("REVOKE EXECUTE ON FUNCTION clinical.keep_client() FROM PUBLIC")
    for table in ("sessions", "attachments", "plans"):
        op.execute(
            f"CREATE TRIGGER keep_client BEFORE UPDATE ON clinical.{table} FOR EACH ROW"
            " WHEN (NEW.client_id <> OLD.client_id) EXECUTE FUNCTION clinical.keep_client()"
        )


def _count_events_of(change: str) -> None:
    """Counts the timeline events anew that change so."""
    for table, source in {"history": "notes", "plan_events": "plans"}.items():
        op.execute(f"DROP TRIGGER count_events_of_hidden ON clinical.{table}")
        op.execute(
            f"CREATE TRIGGER count_events_of_hidden AFTER UPDATE ON clinical.{table} FOR EACH ROW"
            f" WHEN ({change}) EXECUTE FUNCTION clinical.count_timeline_events('{source}')"
        )


def downgrade() -> None:
    _count_events_of("OLD.hidden IS DISTINCT FROM NEW.hidden")
    for table in ("sessions", "attachments", "plans"):
        op.execute(f"DROP TRIGGER keep_client ON clinical.{table}")
    op.execute("DROP FUNCTION clinical.keep_client()")
    op.execute(KEEP_SIGNED % ("", "", ""))
    for table, columns in GIVEN.items():
        op.execute(f"REVOKE UPDATE ({columns}) ON clinical.{table} FROM clinical_app")
    op.drop_table("moved_rows", schema="clinical")
    op.execute("REVOKE UPDATE (merged_into) ON clinical.clients FROM clinical_app")
    op.drop_column("clients", "merged_into", schema="clinical")
    op.drop_column("sessions", "signed_for", schema="clinical")
