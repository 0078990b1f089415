"""Versions of the whole signed content, notes that are made drafts again, deleted notes that are erased in time, every amendment an event."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
UPDATED = (
    "amended_at, amendment_count, appointment_id, attachment_count, deleted_at, deleted_by_user_id, detached_version, draft_last_saved_at, "
    "duration_minutes, finalized_at, finalized_by_user_id, permanent_delete_after, sealed, session_date, {signed_versions}status, updated_at, "
    "version"
)
# Tables whose rows of all workspaces are read or written here; row security binds the owner at all other times.
REWRITTEN = ("sessions", "session_versions", "history")

# A signed note changes by what leaves a version behind: an amendment stores its version first, and a note becomes a draft again only while
# the version that tells what was signed is there.
KEEP_SIGNED = """
CREATE OR REPLACE FUNCTION clinical.keep_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    signed integer := coalesce(OLD.signed_versions, OLD.amendment_count + 1);
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
KEPT_SIGNED_BEFORE = """
CREATE OR REPLACE FUNCTION clinical.keep_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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


def upgrade() -> None:
    op.execute("REVOKE ALL ON clinical.sessions FROM clinical_app")
    op.add_column("sessions", sa.Column("conflict_base_version", sa.BigInteger(), nullable=True), schema="clinical")
    op.add_column("sessions", sa.Column("signed_versions", sa.Integer(), nullable=True), schema="clinical")
    op.add_column("session_versions", sa.Column("session_date_at_upgrade", sa.DateTime(timezone=True), nullable=True), schema="clinical")
    op.add_column("session_versions", sa.Column("duration_minutes_at_upgrade", sa.Integer(), nullable=True), schema="clinical")
    op.drop_constraint("conflict_of_not_found", "sessions", schema="clinical", type_="foreignkey")
    op.create_index(
        "ix_sessions_over",
        "sessions",
        ["permanent_delete_after"],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("permanent_delete_after IS NOT NULL"),
    )
    op.create_table(
        "erased_sessions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_erased_sessions"),
        schema="clinical",
    )
    op.execute("ALTER TABLE clinical.erased_sessions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clinical.erased_sessions FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clinical.erased_sessions USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT ON clinical.erased_sessions TO clinical_app")
    op.execute("CREATE POLICY relay ON clinical.sessions TO clinical_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT (id, permanent_delete_after, workspace_id) ON clinical.sessions TO clinical_relay")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({UPDATED.format(signed_versions='signed_versions, ')}) ON clinical.sessions TO clinical_app")
    op.execute(KEEP_SIGNED)
    _complete_what_is_there()


def _complete_what_is_there() -> None:
    """Gives old versions the date and duration of their note, and an event each: only a note's last amendment had one, and no copy's."""
    for table in REWRITTEN:
        op.execute(f"ALTER TABLE clinical.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clinical.session_versions DISABLE TRIGGER keep_versions")
    op.execute("""
        UPDATE clinical.session_versions AS version
        SET session_date_at_upgrade = note.session_date, duration_minutes_at_upgrade = note.duration_minutes
        FROM clinical.sessions AS note
        WHERE note.workspace_id = version.workspace_id AND note.id = version.session_id
    """)
    op.execute("ALTER TABLE clinical.session_versions ENABLE TRIGGER keep_versions")
    op.execute("""
        INSERT INTO clinical.history (workspace_id, id, session_id, client_id, appointment_id, kind, at, hidden)
        SELECT version.workspace_id, gen_random_uuid(), note.id, note.client_id, note.appointment_id, signed.kind, version.created_at,
            note.deleted_at IS NOT NULL
        FROM clinical.session_versions AS version
        JOIN clinical.sessions AS note ON note.workspace_id = version.workspace_id AND note.id = version.session_id
        CROSS JOIN LATERAL (SELECT CASE version.version_number WHEN 1 THEN 'session_finalized' ELSE 'session_amended' END AS kind) AS signed
        WHERE NOT EXISTS (
            SELECT FROM clinical.history AS event
            WHERE event.workspace_id = version.workspace_id AND event.session_id = note.id AND event.kind = signed.kind
                AND event.at = version.created_at
        )
    """)
    for table in REWRITTEN:
        op.execute(f"ALTER TABLE clinical.{table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute(KEPT_SIGNED_BEFORE)
    op.execute("REVOKE ALL ON clinical.sessions FROM clinical_app")
    op.execute("REVOKE ALL ON clinical.sessions FROM clinical_relay")
    op.execute("DROP POLICY relay ON clinical.sessions")
    op.drop_table("erased_sessions", schema="clinical")
    op.drop_index("ix_sessions_over", table_name="sessions", schema="clinical")
    # A copy may have outlived its original.
    op.create_foreign_key(
        "conflict_of_not_found",
        "sessions",
        "sessions",
        ["workspace_id", "conflict_of"],
        ["workspace_id", "id"],
        source_schema="clinical",
        referent_schema="clinical",
        postgresql_not_valid=True,
    )
    op.drop_column("session_versions", "duration_minutes_at_upgrade", schema="clinical")
    op.drop_column("session_versions", "session_date_at_upgrade", schema="clinical")
    op.drop_column("sessions", "signed_versions", schema="clinical")
    op.drop_column("sessions", "conflict_base_version", schema="clinical")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({UPDATED.format(signed_versions='')}) ON clinical.sessions TO clinical_app")
