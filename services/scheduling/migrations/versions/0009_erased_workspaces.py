"""Erased workspaces: their keys are destroyed, their rows deleted, and what has become of that is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE scheduling.data_keys DROP CONSTRAINT data_key_state")
    op.create_table(
        "erased_workspaces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("advanced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_erased_workspaces"),
        schema="scheduling",
    )
    op.create_index(
        "ix_erased_workspaces_advanced",
        "erased_workspaces",
        ["advanced_at"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.execute(
        "ALTER TABLE scheduling.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text, 'destroyed'::text])))"
    )
    op.execute("GRANT DELETE ON scheduling.client_counter_changes TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.client_figures TO scheduling_eraser")
    op.execute("GRANT UPDATE (state, wrapped) ON scheduling.data_keys TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.day_counter_changes TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.day_figures TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.dead_letters TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.locations TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.payment_requests TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.payment_settings TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.services TO scheduling_eraser")
    op.execute("GRANT DELETE ON scheduling.status_changes TO scheduling_eraser")
    op.execute("ALTER TABLE scheduling.erased_workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON scheduling.erased_workspaces USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON scheduling.erased_workspaces TO scheduling_app")
    op.execute("GRANT SELECT ON scheduling.erased_workspaces TO scheduling_relay")
    op.execute("GRANT INSERT, UPDATE (deleted, advanced_at, finished_at, settled_at) ON scheduling.erased_workspaces TO scheduling_eraser")
    op.execute("CREATE POLICY relay ON scheduling.erased_workspaces TO scheduling_relay USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.execute("ALTER TABLE scheduling.data_keys DROP CONSTRAINT data_key_state")
    # The owner of the table works across workspaces here, which forced row security would keep it from.
    op.execute("ALTER TABLE scheduling.data_keys NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE scheduling.data_keys SET state = 'retired' WHERE state = 'destroyed'")
    op.execute("ALTER TABLE scheduling.data_keys FORCE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON scheduling.client_counter_changes FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.client_figures FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.data_keys FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.day_counter_changes FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.day_figures FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.dead_letters FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.locations FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.payment_requests FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.payment_settings FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.services FROM scheduling_eraser")
    op.execute("REVOKE ALL ON scheduling.status_changes FROM scheduling_eraser")
    op.drop_index(
        "ix_erased_workspaces_advanced", table_name="erased_workspaces", schema="scheduling", postgresql_where=sa.text("settled_at IS NULL")
    )
    op.drop_table("erased_workspaces", schema="scheduling")
    op.execute(
        "ALTER TABLE scheduling.data_keys ADD CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))"
    )
