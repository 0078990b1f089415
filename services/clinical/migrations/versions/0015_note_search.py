"""The index by which notes are found. A row of work for each workspace with notes has the worker take them in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
# A note's words stay the same where its version does: what counts its files changes its row, too.
FUNCTION = """
CREATE FUNCTION clinical.keep_search_work() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO clinical.search_work (workspace_id, session_id, due_at) VALUES (OLD.workspace_id, OLD.id, now());
    ELSE
        INSERT INTO clinical.search_work (workspace_id, session_id, due_at) VALUES (NEW.workspace_id, NEW.id, now() + interval '20 seconds');
    END IF;
    RETURN NULL;
END
$$
"""


# By the primary key, from one workspace to the next: the notes are locked meanwhile.
MARK_WORKSPACES = """
INSERT INTO clinical.search_work (workspace_id, session_id, due_at)
WITH RECURSIVE found AS (
    (SELECT workspace_id FROM clinical.sessions ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT later.workspace_id FROM clinical.sessions AS later
        WHERE later.workspace_id > found.workspace_id ORDER BY later.workspace_id LIMIT 1
    ) FROM found WHERE found.workspace_id IS NOT NULL
)
SELECT workspace_id, NULL, now() FROM found WHERE workspace_id IS NOT NULL
"""


def upgrade() -> None:
    # At once what is needed later: a lock that becomes stronger would wait for a save that waits for it.
    op.execute("LOCK TABLE clinical.sessions IN ACCESS EXCLUSIVE MODE")
    op.create_table(
        "search_work",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_search_work"),
        schema="clinical",
    )
    op.create_index("ix_search_work_due", "search_work", ["due_at"], schema="clinical")
    op.create_table(
        "search_segments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("dead", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_search_segments"),
        schema="clinical",
    )
    op.create_table(
        "search_blocks",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "segment_id", "number", name="pk_search_blocks"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "segment_id"],
            ["clinical.search_segments.workspace_id", "clinical.search_segments.id"],
            name="fk_search_blocks_segment",
            ondelete="CASCADE",
        ),
        schema="clinical",
    )
    # Ciphertext does not compress.
    op.execute("ALTER TABLE clinical.search_blocks ALTER COLUMN content SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE clinical.search_segments ALTER COLUMN header SET STORAGE EXTERNAL, ALTER COLUMN dead SET STORAGE EXTERNAL")
    for table in ("search_work", "search_segments", "search_blocks"):
        op.execute(f"ALTER TABLE clinical.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE clinical.{table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clinical.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    # Where no workspace is set, the worker finds those that have work to be done.
    op.execute(
        "CREATE POLICY worker_finds ON clinical.search_work FOR SELECT TO clinical_app"
        " USING (nullif(current_setting('app.workspace_id', true), '') IS NULL)"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON clinical.search_work TO clinical_app")
    op.execute("GRANT INSERT ON clinical.search_work TO clinical_eraser")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (dead, documents, erased_at, header, is_ready, version), DELETE ON clinical.search_segments TO clinical_app"
    )
    op.execute("GRANT SELECT, INSERT ON clinical.search_blocks TO clinical_app")
    op.execute("GRANT DELETE ON clinical.search_blocks TO clinical_eraser")
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER keep_search_work AFTER INSERT OR DELETE ON clinical.sessions"
        " FOR EACH ROW EXECUTE FUNCTION clinical.keep_search_work()"
    )
    op.execute(
        "CREATE TRIGGER keep_search_work_of_versions AFTER UPDATE ON clinical.sessions"
        " FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION clinical.keep_search_work()"
    )
    # The owner is bound by row security, too.
    op.execute("ALTER TABLE clinical.sessions NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clinical.search_work NO FORCE ROW LEVEL SECURITY")
    op.execute(MARK_WORKSPACES)
    op.execute("ALTER TABLE clinical.search_work FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clinical.sessions FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_search_work_of_versions ON clinical.sessions")
    op.execute("DROP TRIGGER keep_search_work ON clinical.sessions")
    op.execute("DROP FUNCTION clinical.keep_search_work()")
    for table in ("search_blocks", "search_segments", "search_work"):
        op.drop_table(table, schema="clinical")
