"""Who opens the record of a restricted client, as clients tells it, and row security that goes by it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
READER = "nullif(current_setting('app.reader', true), '')"
OPENS = f"""({READER} IS NULL OR (client_id IN (
    SELECT closed.client_id FROM scheduling.client_access AS closed
    WHERE closed.restricted AND NOT ({READER}::uuid = ANY (closed.user_ids)) AND NOT EXISTS (
        SELECT FROM scheduling.broken_glass AS glass
        WHERE glass.workspace_id = closed.workspace_id AND glass.client_id = closed.client_id
            AND glass.user_id = {READER}::uuid AND glass.expires_at > statement_timestamp()
    )
)) IS NOT TRUE)"""


def upgrade() -> None:
    op.create_table(
        "client_access",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("user_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", name="pk_client_access"),
        schema="scheduling",
    )
    op.create_index(
        "ix_client_access_restricted",
        "client_access",
        ["workspace_id"],
        unique=False,
        schema="scheduling",
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
        schema="scheduling",
    )
    op.create_index(
        "ix_broken_glass_client", "broken_glass", ["workspace_id", "client_id", "user_id", "expires_at"], unique=False, schema="scheduling"
    )
    for table in ("client_access", "broken_glass"):
        op.execute(f"ALTER TABLE scheduling.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON scheduling.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (version, restricted, user_ids) ON scheduling.client_access TO scheduling_app")
    op.execute("GRANT DELETE ON scheduling.client_access TO scheduling_eraser")
    op.execute("GRANT SELECT, INSERT, DELETE ON scheduling.broken_glass TO scheduling_app")
    op.execute(f"CREATE POLICY care_team ON scheduling.appointments AS RESTRICTIVE FOR INSERT TO scheduling_app WITH CHECK ({OPENS})")
    op.execute(
        f"CREATE POLICY care_team_changes ON scheduling.appointments AS RESTRICTIVE FOR UPDATE TO scheduling_app USING ({OPENS}) WITH CHECK ({OPENS})"
    )


def downgrade() -> None:
    op.execute("DROP POLICY care_team_changes ON scheduling.appointments")
    op.execute("DROP POLICY care_team ON scheduling.appointments")
    op.drop_table("broken_glass", schema="scheduling")
    op.drop_table("client_access", schema="scheduling")
