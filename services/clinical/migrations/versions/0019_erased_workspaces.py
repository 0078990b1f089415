"""Erased workspaces: their keys are destroyed, their rows deleted, and what has become of that is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# The trigger on signed notes, with what lets them be deleted.
KEEP_SIGNED = """
CREATE OR REPLACE FUNCTION clinical.keep_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    signed integer := coalesce(OLD.signed_versions, OLD.amendment_count + 1);
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.permanent_delete_after <= now() OR EXISTS (
            SELECT FROM clinical.clients AS client
            WHERE client.workspace_id = OLD.workspace_id AND client.id = OLD.client_id AND client.erased_at IS NOT NULL
        )%s THEN
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
        -- Deleted, restored, to be erased or parted from its appointment: it is sealed anew, because its version is part of the seal.
        AND NOT ((NEW.deleted_at, NEW.permanent_delete_after, NEW.appointment_id)
                IS DISTINCT FROM (OLD.deleted_at, OLD.permanent_delete_after, OLD.appointment_id) AND NEW.version = OLD.version + 1
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
OF_ERASED = """ OR EXISTS (
            SELECT FROM clinical.erased_workspaces AS erased WHERE erased.workspace_id = OLD.workspace_id
        )"""


def upgrade() -> None:
    op.execute("ALTER TABLE clinical.data_keys DROP CONSTRAINT data_key_state")
    op.create_table(
        "erased_workspaces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("advanced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_erased_workspaces"),
        schema="clinical",
    )
    op.create_index(
        "ix_erased_workspaces_advanced",
        "erased_workspaces",
        ["advanced_at"],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.execute(
        "ALTER TABLE clinical.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text, 'destroyed'::text])))"
    )
    op.execute("GRANT DELETE ON clinical.appointments TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.clients TO clinical_eraser")
    op.execute("GRANT UPDATE (state, wrapped) ON clinical.data_keys TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.dead_letters TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.erased_sessions TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.history TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.plan_counter_changes TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.plan_events TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.plan_tallies TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.session_counter_changes TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.storage TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.storage_counter_changes TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.storage_quotas TO clinical_eraser")
    op.execute("GRANT DELETE ON clinical.tallies TO clinical_eraser")
    op.execute("ALTER TABLE clinical.erased_workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.erased_workspaces USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON clinical.erased_workspaces TO clinical_app")
    op.execute("GRANT SELECT ON clinical.erased_workspaces TO clinical_relay")
    op.execute("GRANT INSERT, UPDATE (deleted, advanced_at, finished_at, settled_at) ON clinical.erased_workspaces TO clinical_eraser")
    op.execute("CREATE POLICY relay ON clinical.erased_workspaces TO clinical_relay USING (true) WITH CHECK (true)")
    op.execute(KEEP_SIGNED % OF_ERASED)


def downgrade() -> None:
    op.execute(KEEP_SIGNED % "")
    op.execute("ALTER TABLE clinical.data_keys DROP CONSTRAINT data_key_state")
    # The owner of the table works across workspaces here, which forced row security would keep it from.
    op.execute("ALTER TABLE clinical.data_keys NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE clinical.data_keys SET state = 'retired' WHERE state = 'destroyed'")
    op.execute("ALTER TABLE clinical.data_keys FORCE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON clinical.appointments FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.clients FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.data_keys FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.dead_letters FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.erased_sessions FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.history FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.plan_counter_changes FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.plan_events FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.plan_tallies FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.session_counter_changes FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.storage FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.storage_counter_changes FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.storage_quotas FROM clinical_eraser")
    op.execute("REVOKE ALL ON clinical.tallies FROM clinical_eraser")
    op.drop_index(
        "ix_erased_workspaces_advanced", table_name="erased_workspaces", schema="clinical", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_table("erased_workspaces", schema="clinical")
    op.execute(
        "ALTER TABLE clinical.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))"
    )
