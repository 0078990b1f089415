"""A client's timeline events are counted as they come and go, and found by an index without the hidden ones.

The search's worker finds workspaces with work, whatever work each has. What waits for a co-signature tells whose it is, and the app may no
longer delete it: nothing needs to.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
# The tables of events, and what their events are counted as.
SOURCES = {"history": "notes", "plan_events": "plans"}
COUNTERS = ("timeline_tallies", "timeline_counter_changes")

# Inserts only: no two transactions wait for each other here.
COUNT_EVENTS = """
CREATE FUNCTION clinical.count_timeline_events() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND NOT OLD.hidden THEN
        INSERT INTO clinical.timeline_counter_changes (workspace_id, client_id, source, events)
        VALUES (OLD.workspace_id, OLD.client_id, TG_ARGV[0], -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NOT NEW.hidden THEN
        INSERT INTO clinical.timeline_counter_changes (workspace_id, client_id, source, events)
        VALUES (NEW.workspace_id, NEW.client_id, TG_ARGV[0], 1);
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    _lock()
    op.create_table(
        "timeline_counter_changes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "source", "id", name="pk_timeline_counter_changes"),
        schema="clinical",
    )
    op.create_table(
        "timeline_tallies",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "source", name="pk_timeline_tallies"),
        schema="clinical",
    )
    for table in COUNTERS:
        op.execute(f"ALTER TABLE clinical.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clinical.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
        op.execute(f"CREATE POLICY relay ON clinical.{table} TO clinical_relay USING (true) WITH CHECK (true)")
        op.execute(f"GRANT DELETE ON clinical.{table} TO clinical_eraser")
    op.execute("GRANT SELECT, INSERT ON clinical.timeline_counter_changes TO clinical_app")
    op.execute("GRANT SELECT, DELETE ON clinical.timeline_counter_changes TO clinical_relay")
    op.execute("GRANT SELECT ON clinical.timeline_tallies TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON clinical.timeline_tallies TO clinical_relay")
    op.execute(COUNT_EVENTS)
    for table, source in SOURCES.items():
        counted = f"EXECUTE FUNCTION clinical.count_timeline_events('{source}')"
        op.execute(f"CREATE TRIGGER count_events AFTER INSERT OR DELETE ON clinical.{table} FOR EACH ROW {counted}")
        op.execute(
            f"CREATE TRIGGER count_events_of_hidden AFTER UPDATE ON clinical.{table} FOR EACH ROW"
            f" WHEN (OLD.hidden IS DISTINCT FROM NEW.hidden) {counted}"
        )
        _index(table, postgresql_where=sa.text("NOT hidden"))
    _count_what_is_there()
    op.drop_index("ix_search_work_due", table_name="search_work", schema="clinical")
    op.create_index("ix_search_work_due", "search_work", ["workspace_id", "due_at"], unique=False, schema="clinical")
    op.execute("REVOKE DELETE ON clinical.cosign_requests FROM clinical_app")
    op.execute("GRANT DELETE ON clinical.cosign_requests TO clinical_eraser")
    op.add_column("cosign_requests", sa.Column("author_user_id", sa.Uuid(), nullable=True), schema="clinical")
    op.add_column(
        "cosign_requests",
        sa.Column("signer_user_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        schema="clinical",
    )
    op.execute("GRANT UPDATE (author_user_id, signer_user_ids) ON clinical.cosign_requests TO clinical_app")
    op.create_index(
        "ix_cosign_requests_returned",
        "cosign_requests",
        ["workspace_id", "id"],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("status = 'returned'"),
    )
    _tell_whose_it_is()


def _lock() -> None:
    """At once what is needed later, in the order of a save: a lock that becomes stronger would wait for a save that waits for it."""
    tables = ", ".join(f"clinical.{table}" for table in ("sessions", "session_versions", *SOURCES, "cosign_requests", "cosignatures"))
    op.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")


def _index(table: str, **options: object) -> None:
    name = f"ix_{table}_client"
    op.drop_index(name, table_name=table, schema="clinical")
    columns = ["workspace_id", "client_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")]
    op.create_index(name, table, columns, unique=False, schema="clinical", **options)


def _count_what_is_there() -> None:
    """Of all workspaces: row security binds the owner at all other times."""
    tables = (*SOURCES, "timeline_tallies")
    for table in tables:
        op.execute(f"ALTER TABLE clinical.{table} NO FORCE ROW LEVEL SECURITY")
    for table, source in SOURCES.items():
        op.execute(
            "INSERT INTO clinical.timeline_tallies (workspace_id, client_id, source, events)"
            f" SELECT workspace_id, client_id, '{source}', count(*) FROM clinical.{table} WHERE NOT hidden GROUP BY workspace_id, client_id"
        )
    for table in tables:
        op.execute(f"ALTER TABLE clinical.{table} FORCE ROW LEVEL SECURITY")


def _tell_whose_it_is() -> None:
    """Of what waits for a co-signature, or did: who wrote the note, and who signed it since the last co-signature."""
    tables = ("sessions", "session_versions", "cosign_requests", "cosignatures")
    for table in tables:
        op.execute(f"ALTER TABLE clinical.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE clinical.cosign_requests AS request
        SET author_user_id = note.created_by_user_id, signer_user_ids = ARRAY(
            SELECT DISTINCT version.created_by_user_id FROM clinical.session_versions AS version
            WHERE version.workspace_id = note.workspace_id AND version.session_id = note.id AND version.version_number > (
                SELECT coalesce(max(cosignature.version_number), 0) FROM clinical.cosignatures AS cosignature
                WHERE cosignature.workspace_id = note.workspace_id AND cosignature.session_id = note.id AND cosignature.decision = 'cosigned'
            )
        )
        FROM clinical.sessions AS note WHERE note.workspace_id = request.workspace_id AND note.id = request.id
    """)
    for table in tables:
        op.execute(f"ALTER TABLE clinical.{table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("REVOKE DELETE ON clinical.cosign_requests FROM clinical_eraser")
    op.execute("GRANT DELETE ON clinical.cosign_requests TO clinical_app")
    op.drop_index("ix_search_work_due", table_name="search_work", schema="clinical")
    op.create_index("ix_search_work_due", "search_work", ["due_at"], unique=False, schema="clinical")
    _lock()
    op.drop_index("ix_cosign_requests_returned", table_name="cosign_requests", schema="clinical")
    op.drop_column("cosign_requests", "signer_user_ids", schema="clinical")
    op.drop_column("cosign_requests", "author_user_id", schema="clinical")
    for table in SOURCES:
        op.execute(f"DROP TRIGGER count_events_of_hidden ON clinical.{table}")
        op.execute(f"DROP TRIGGER count_events ON clinical.{table}")
        _index(table)
    op.execute("DROP FUNCTION clinical.count_timeline_events()")
    for table in COUNTERS:
        op.drop_table(table, schema="clinical")
