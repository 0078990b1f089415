"""Co-signatures of signed notes, which notes wait for one, and who is supervised by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
WAITS = "status = 'pending' AND NOT hidden"
# What was attested is kept as the versions are.
KEEP_COSIGNATURES = """
CREATE FUNCTION clinical.keep_cosignatures() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'clinical_eraser' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'co-signatures are never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'cosignature_kept';
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "supervised_users",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_user_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_supervised_users"),
        schema="clinical",
    )
    op.create_table(
        "cosign_requests",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("signed_by_user_id", sa.Uuid(), nullable=False),
        sa.Column("supervisee_user_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_user_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'cosigned', 'returned', 'withdrawn', 'settled')", name="cosign_status_known"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id", "version_number"],
            [
                "clinical.session_versions.workspace_id",
                "clinical.session_versions.session_id",
                "clinical.session_versions.version_number",
            ],
            name="fk_cosign_requests_version",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_cosign_requests"),
        schema="clinical",
    )
    for name, columns, where in (
        ("ix_cosign_requests_supervisor", ["workspace_id", "supervisor_user_id", "due_at", "id"], WAITS),
        ("ix_cosign_requests_workspace", ["workspace_id", "due_at", "id"], WAITS),
        ("ix_cosign_requests_supervisee", ["workspace_id", "supervisee_user_id"], "status = 'pending'"),
        ("ix_cosign_requests_due", ["due_at"], f"{WAITS} AND announced_at IS NULL"),
    ):
        op.create_index(name, "cosign_requests", columns, unique=False, schema="clinical", postgresql_where=sa.text(where))
    op.create_table(
        "cosignatures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("signed_by_user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('cosigned', 'returned')", name="cosign_decision_known"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id", "version_number"],
            [
                "clinical.session_versions.workspace_id",
                "clinical.session_versions.session_id",
                "clinical.session_versions.version_number",
            ],
            name="fk_cosignatures_version",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_cosignatures"),
        sa.UniqueConstraint("workspace_id", "session_id", "version_number", name="cosign_not_pending"),
        schema="clinical",
    )
    for table in ("supervised_users", "cosign_requests", "cosignatures"):
        op.execute(f"ALTER TABLE clinical.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE clinical.{table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clinical.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (supervisor_user_id, version) ON clinical.supervised_users TO clinical_app")
    op.execute("GRANT DELETE ON clinical.supervised_users TO clinical_eraser")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (announced_at, due_at, hidden, signed_by_user_id, status, supervisee_user_id, supervisor_user_id,"
        " version_number), DELETE ON clinical.cosign_requests TO clinical_app"
    )
    op.execute("CREATE POLICY relay ON clinical.cosign_requests TO clinical_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT (announced_at, due_at, hidden, id, status, workspace_id) ON clinical.cosign_requests TO clinical_relay")
    op.execute("GRANT SELECT, INSERT ON clinical.cosignatures TO clinical_app")
    op.execute("GRANT SELECT, DELETE ON clinical.cosignatures TO clinical_eraser")
    op.execute(KEEP_COSIGNATURES)
    op.execute("REVOKE EXECUTE ON FUNCTION clinical.keep_cosignatures() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER keep_cosignatures BEFORE UPDATE OR DELETE ON clinical.cosignatures"
        " FOR EACH ROW EXECUTE FUNCTION clinical.keep_cosignatures()"
    )
    op.execute(
        "CREATE TRIGGER keep_all_cosignatures BEFORE TRUNCATE ON clinical.cosignatures"
        " FOR EACH STATEMENT EXECUTE FUNCTION clinical.keep_cosignatures()"
    )


def downgrade() -> None:
    op.drop_table("cosignatures", schema="clinical")
    op.execute("DROP FUNCTION clinical.keep_cosignatures()")
    op.drop_table("cosign_requests", schema="clinical")
    op.drop_table("supervised_users", schema="clinical")
