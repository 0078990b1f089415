"""Clients who were merged into others take no more appointments; a manifest of the rows that were moved."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
# The trigger on appointments, with what refuses those of a client who was merged.
KEEP_COUNTS = """
CREATE OR REPLACE FUNCTION scheduling.keep_counts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL THEN
        INSERT INTO scheduling.client_counter_changes (workspace_id, client_id, appointment_count)
        VALUES (OLD.workspace_id, OLD.client_id, -1);
        INSERT INTO scheduling.day_counter_changes (workspace_id, day, status, appointment_count)
        VALUES (OLD.workspace_id, (OLD.scheduled_start AT TIME ZONE 'UTC')::date, OLD.status, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.deleted_at IS NULL THEN
        IF TG_OP = 'INSERT' OR NEW.client_id <> OLD.client_id THEN
            PERFORM pg_advisory_xact_lock_shared(hashtextextended(concat('client ', NEW.workspace_id, ' ', NEW.client_id), 0));
            IF EXISTS (
                SELECT FROM scheduling.client_figures
                WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND (erased_at IS NOT NULL OR closed_until > now())
            ) THEN
                RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
            END IF;%s
        END IF;
        INSERT INTO scheduling.client_counter_changes (workspace_id, client_id, appointment_count)
        VALUES (NEW.workspace_id, NEW.client_id, 1);
        INSERT INTO scheduling.day_counter_changes (workspace_id, day, status, appointment_count)
        VALUES (NEW.workspace_id, (NEW.scheduled_start AT TIME ZONE 'UTC')::date, NEW.status, 1);
    END IF;
    RETURN NULL;
END
$$
"""
OF_MERGED = """
            IF EXISTS (
                SELECT FROM scheduling.client_figures
                WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND merged_into IS NOT NULL
            ) THEN
                RAISE unique_violation USING CONSTRAINT = 'client_merged', MESSAGE = 'the client was merged into another one';
            END IF;"""


def upgrade() -> None:
    op.add_column("client_figures", sa.Column("merged_into", sa.Uuid(), nullable=True), schema="scheduling")
    op.execute(KEEP_COUNTS % OF_MERGED)
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
        schema="scheduling",
    )
    op.create_index("ix_moved_rows_move", "moved_rows", ["workspace_id", "move_id", "table_name", "id"], unique=False, schema="scheduling")
    op.create_index("ix_moved_rows_old_owner", "moved_rows", ["workspace_id", "old_owner"], unique=False, schema="scheduling")
    op.create_index("ix_moved_rows_new_owner", "moved_rows", ["workspace_id", "new_owner"], unique=False, schema="scheduling")
    op.create_index("ix_moved_rows_over", "moved_rows", ["moved_at"], unique=False, schema="scheduling")
    op.execute("ALTER TABLE scheduling.moved_rows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON scheduling.moved_rows USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("CREATE POLICY relay ON scheduling.moved_rows TO scheduling_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (outcome), DELETE ON scheduling.moved_rows TO scheduling_app")
    op.execute("GRANT SELECT ON scheduling.moved_rows TO scheduling_relay")


def downgrade() -> None:
    op.execute(KEEP_COUNTS % "")
    op.drop_table("moved_rows", schema="scheduling")
    op.drop_column("client_figures", "merged_into", schema="scheduling")
