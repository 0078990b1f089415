"""Who opens the record of a restricted client, as clients tells it, and row security that goes by it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
READER = "nullif(current_setting('app.reader', true), '')"
OPENS = f"""({READER} IS NULL OR (client_id IN (
    SELECT closed.client_id FROM clinical.client_access AS closed
    WHERE closed.restricted AND NOT ({READER}::uuid = ANY (closed.user_ids)) AND NOT EXISTS (
        SELECT FROM clinical.broken_glass AS glass
        WHERE glass.workspace_id = closed.workspace_id AND glass.client_id = closed.client_id
            AND glass.user_id = {READER}::uuid AND glass.expires_at > statement_timestamp()
    )
)) IS NOT TRUE)"""
TABLES = ("sessions", "history", "attachments", "plans", "plan_events", "sync_receipts")


def upgrade() -> None:
    op.create_table(
        "client_access",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("user_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", name="pk_client_access"),
        schema="clinical",
    )
    op.create_index(
        "ix_client_access_restricted",
        "client_access",
        ["workspace_id"],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("restricted"),
    )
    op.create_table(
        "broken_glass",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_broken_glass"),
        schema="clinical",
    )
    op.create_index(
        "ix_broken_glass_client", "broken_glass", ["workspace_id", "client_id", "user_id", "expires_at"], unique=False, schema="clinical"
    )
    for table in ("client_access", "broken_glass"):
        op.execute(f"ALTER TABLE clinical.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clinical.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (version, restricted, user_ids) ON clinical.client_access TO clinical_app")
    op.execute("GRANT DELETE ON clinical.client_access TO clinical_eraser")
    op.execute("GRANT SELECT, INSERT, DELETE ON clinical.broken_glass TO clinical_app")
    for table in TABLES:
        op.execute(f"CREATE POLICY care_team ON clinical.{table} AS RESTRICTIVE TO clinical_app USING ({OPENS}) WITH CHECK ({OPENS})")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP POLICY care_team ON clinical.{table}")
    op.drop_table("broken_glass", schema="clinical")
    op.drop_table("client_access", schema="clinical")
