"""Counters by appended changes: the trigger inserts a row per change, and a worker folds them into the figures there were.

The figures stay as they are, so the version before goes on reading them, at most a moment behind.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

# Inserts only: no two transactions wait for each other here.
APPEND_CHANGES = """
CREATE OR REPLACE FUNCTION notifications.keep_figures() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO notifications.reminder_counter_changes (workspace_id, day, status, reminder_count)
        VALUES (OLD.workspace_id, (OLD.due_at AT TIME ZONE 'UTC')::date, OLD.told_status, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO notifications.reminder_counter_changes (workspace_id, day, status, reminder_count)
        VALUES (NEW.workspace_id, (NEW.due_at AT TIME ZONE 'UTC')::date, NEW.told_status, 1);
    END IF;
    RETURN NULL;
END $$
"""

# As 0001 made it.
COUNT_AT_ONCE = """
CREATE OR REPLACE FUNCTION notifications.keep_figures() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO notifications.reminder_figures AS kept (workspace_id, day, status, reminder_count)
    SELECT workspace_id, (due_at AT TIME ZONE 'UTC')::date, status, sum(change)
    FROM (VALUES
        (OLD.workspace_id, OLD.due_at, OLD.told_status, -1),
        (NEW.workspace_id, NEW.due_at, NEW.told_status, 1)
    ) AS changes (workspace_id, due_at, status, change)
    WHERE status IS NOT NULL
    GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (workspace_id, day, status) DO UPDATE SET reminder_count = kept.reminder_count + excluded.reminder_count;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "reminder_counter_changes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reminder_count", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "status", "id", name="pk_reminder_counter_changes"),
        schema="notifications",
    )
    changes, figures = "notifications.reminder_counter_changes", "notifications.reminder_figures"
    op.execute(f"ALTER TABLE {changes} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {changes} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"GRANT SELECT, INSERT ON {changes} TO notifications_app")
    op.execute(f"GRANT SELECT, DELETE ON {changes} TO notifications_relay")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {figures} TO notifications_relay")
    op.execute(f"REVOKE INSERT, UPDATE ON {figures} FROM notifications_app")
    for table in (changes, figures):
        op.execute(f"CREATE POLICY relay ON {table} TO notifications_relay USING (true) WITH CHECK (true)")
    op.execute("DROP TRIGGER keep_figures ON notifications.reminders")
    op.execute(APPEND_CHANGES)
    op.execute(
        "CREATE TRIGGER keep_figures AFTER INSERT OR DELETE ON notifications.reminders"
        " FOR EACH ROW EXECUTE FUNCTION notifications.keep_figures()"
    )
    op.execute(
        "CREATE TRIGGER keep_figures_of_changed AFTER UPDATE ON notifications.reminders FOR EACH ROW"
        " WHEN ((OLD.due_at, OLD.told_status) IS DISTINCT FROM (NEW.due_at, NEW.told_status))"
        " EXECUTE FUNCTION notifications.keep_figures()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_figures_of_changed ON notifications.reminders")
    op.execute("DROP TRIGGER keep_figures ON notifications.reminders")
    op.execute(COUNT_AT_ONCE)
    op.execute(
        "CREATE CONSTRAINT TRIGGER keep_figures AFTER INSERT OR UPDATE OR DELETE ON notifications.reminders"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION notifications.keep_figures()"
    )
    changes, figures = "notifications.reminder_counter_changes", "notifications.reminder_figures"
    op.execute(f"GRANT INSERT, UPDATE ON {figures} TO notifications_app")
    # The owner folds what is left, of all workspaces; row security binds it at all other times.
    for table in (changes, figures):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        f"INSERT INTO {figures} AS kept (workspace_id, day, status, reminder_count)"
        f" SELECT workspace_id, day, status, sum(reminder_count) FROM {changes} GROUP BY workspace_id, day, status"
        " ON CONFLICT (workspace_id, day, status) DO UPDATE SET reminder_count = kept.reminder_count + excluded.reminder_count"
    )
    op.execute(f"ALTER TABLE {figures} FORCE ROW LEVEL SECURITY")
    op.execute(f"DROP POLICY relay ON {figures}")
    op.execute(f"REVOKE ALL ON {figures} FROM notifications_relay")
    op.drop_table("reminder_counter_changes", schema="notifications")
