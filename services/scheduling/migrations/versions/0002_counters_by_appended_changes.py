"""Counters by appended changes: the trigger inserts a row per change, and a worker folds them into the figures there were.

The figures stay as they are, so the version before goes on reading them, at most a moment behind. Overbooked appointments,
which every booking asks for, get an index of their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

# Inserts only: no two transactions wait for each other here. An erasure alone keeps the bookings of its client waiting.
APPEND_CHANGES = """
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
                WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND erased_at IS NOT NULL
            ) THEN
                RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
            END IF;
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

# As 0001 made it.
COUNT_AT_ONCE = """
CREATE OR REPLACE FUNCTION scheduling.keep_counts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO scheduling.client_figures AS kept (workspace_id, client_id, appointment_count)
    SELECT workspace_id, client_id, sum(change)
    FROM (VALUES
        (OLD.workspace_id, OLD.client_id, -1, OLD.deleted_at),
        (NEW.workspace_id, NEW.client_id, 1, NEW.deleted_at)
    ) AS changes (workspace_id, client_id, change, deleted_at)
    WHERE client_id IS NOT NULL AND deleted_at IS NULL
    GROUP BY workspace_id, client_id HAVING sum(change) <> 0 ORDER BY workspace_id, client_id
    ON CONFLICT (workspace_id, client_id) DO UPDATE SET appointment_count = kept.appointment_count + excluded.appointment_count;

    IF NEW.deleted_at IS NULL AND EXISTS (
        SELECT FROM scheduling.client_figures
        WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND erased_at IS NOT NULL
    ) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
    END IF;

    INSERT INTO scheduling.day_figures AS kept (workspace_id, day, status, appointment_count)
    SELECT workspace_id, (scheduled_start AT TIME ZONE 'UTC')::date, status, sum(change)
    FROM (VALUES
        (OLD.workspace_id, OLD.scheduled_start, OLD.status, -1, OLD.deleted_at),
        (NEW.workspace_id, NEW.scheduled_start, NEW.status, 1, NEW.deleted_at)
    ) AS changes (workspace_id, scheduled_start, status, change, deleted_at)
    WHERE status IS NOT NULL AND deleted_at IS NULL
    GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (workspace_id, day, status) DO UPDATE SET appointment_count = kept.appointment_count + excluded.appointment_count;

    RETURN NULL;
END
$$
"""

FIGURES = {"client": "client_id", "day": "day, status"}


def upgrade() -> None:
    op.create_table(
        "client_counter_changes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_count", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "id", name="pk_client_counter_changes"),
        schema="scheduling",
    )
    op.create_table(
        "day_counter_changes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("appointment_count", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "status", "id", name="pk_day_counter_changes"),
        schema="scheduling",
    )
    for name in FIGURES:
        changes, figures = f"scheduling.{name}_counter_changes", f"scheduling.{name}_figures"
        op.execute(f"ALTER TABLE {changes} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {changes} USING ({TENANT}) WITH CHECK ({TENANT})")
        op.execute(f"GRANT SELECT, INSERT ON {changes} TO scheduling_app")
        op.execute(f"GRANT SELECT, DELETE ON {changes} TO scheduling_relay")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {figures} TO scheduling_relay")
        for table in (changes, figures):
            op.execute(f"CREATE POLICY relay ON {table} TO scheduling_relay USING (true) WITH CHECK (true)")
    op.execute("REVOKE INSERT, UPDATE ON scheduling.day_figures FROM scheduling_app")
    op.create_index(
        "ix_appointments_overbooked",
        "appointments",
        ["workspace_id", "practitioner_id", "scheduled_start"],
        schema="scheduling",
        postgresql_where=sa.text("overbooked AND deleted_at IS NULL"),
    )
    op.execute("DROP TRIGGER keep_counts ON scheduling.appointments")
    op.execute(APPEND_CHANGES)
    op.execute(
        "CREATE TRIGGER keep_counts AFTER INSERT OR DELETE ON scheduling.appointments FOR EACH ROW EXECUTE FUNCTION scheduling.keep_counts()"
    )
    op.execute(
        "CREATE TRIGGER keep_counts_of_changed AFTER UPDATE ON scheduling.appointments FOR EACH ROW"
        " WHEN ((OLD.client_id, OLD.scheduled_start, OLD.status, OLD.deleted_at)"
        " IS DISTINCT FROM (NEW.client_id, NEW.scheduled_start, NEW.status, NEW.deleted_at))"
        " EXECUTE FUNCTION scheduling.keep_counts()"
    )


def downgrade() -> None:
    op.drop_index("ix_appointments_overbooked", "appointments", schema="scheduling")
    op.execute("DROP TRIGGER keep_counts_of_changed ON scheduling.appointments")
    op.execute("DROP TRIGGER keep_counts ON scheduling.appointments")
    op.execute(COUNT_AT_ONCE)
    op.execute(
        "CREATE CONSTRAINT TRIGGER keep_counts AFTER INSERT OR UPDATE OR DELETE ON scheduling.appointments"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION scheduling.keep_counts()"
    )
    op.execute("GRANT INSERT, UPDATE ON scheduling.day_figures TO scheduling_app")
    for name, key in FIGURES.items():
        changes, figures = f"scheduling.{name}_counter_changes", f"scheduling.{name}_figures"
        # The owner folds what is left, of all workspaces; row security binds it at all other times.
        for table in (changes, figures):
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(
            f"INSERT INTO {figures} AS kept (workspace_id, {key}, appointment_count)"
            f" SELECT workspace_id, {key}, sum(appointment_count) FROM {changes} GROUP BY workspace_id, {key}"
            f" ON CONFLICT (workspace_id, {key}) DO UPDATE SET appointment_count = kept.appointment_count + excluded.appointment_count"
        )
        op.execute(f"ALTER TABLE {figures} FORCE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY relay ON {figures}")
        op.execute(f"REVOKE ALL ON {figures} FROM scheduling_relay")
        op.drop_table(f"{name}_counter_changes", schema="scheduling")
