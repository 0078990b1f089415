"""Busy periods: one table of who and what is taken when carries the constraint that appointments had.

The periods of the appointments there are are written in one statement, before the table has an index. Practitioners' are overbooked as
the appointments are. Clients were never asked about, so there a period that begins before an earlier one ends is overbooked. No location is
a room until somebody says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

CARRY_OVER = """
INSERT INTO scheduling.busy_periods (workspace_id, resource_kind, resource_id, starts_at, ends_at, owner_kind, owner_id, overbooked)
SELECT a.workspace_id, taken.kind, taken.resource_id, taken.starts_at, taken.ends_at, 'appointment', a.id,
    CASE taken.kind WHEN 'practitioner' THEN a.overbooked ELSE coalesce(
        taken.starts_at < max(taken.ends_at) OVER (
            PARTITION BY a.workspace_id, taken.kind, taken.resource_id ORDER BY taken.starts_at, a.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), false
    ) END
FROM scheduling.appointments AS a
CROSS JOIN LATERAL (VALUES
    ('practitioner', a.practitioner_id, lower(a.during), upper(a.during)),
    ('client', a.client_id, a.scheduled_start, a.scheduled_end)
) AS taken (kind, resource_id, starts_at, ends_at)
WHERE a.status IN ('scheduled', 'completed') AND a.deleted_at IS NULL
"""

KEEP_COUNTS = """
CREATE OR REPLACE FUNCTION scheduling.keep_counts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
{declared}BEGIN
    IF TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL THEN
        INSERT INTO scheduling.client_counter_changes (workspace_id, client_id, appointment_count)
        VALUES (OLD.workspace_id, OLD.client_id, -1);
        INSERT INTO scheduling.day_counter_changes (workspace_id, day, status, appointment_count)
        VALUES (OLD.workspace_id, (OLD.scheduled_start AT TIME ZONE 'UTC')::date, OLD.status, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.deleted_at IS NULL THEN
        IF TG_OP = 'INSERT' OR NEW.client_id <> OLD.client_id THEN
            PERFORM pg_advisory_xact_lock_shared(hashtextextended(concat('client ', NEW.workspace_id, ' ', NEW.client_id), 0));
{refused}
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
DECLARED = """DECLARE
    client record;
"""
# The client's row is read once.
REFUSED = """\
            SELECT erased_at, closed_until, merged_into INTO client FROM scheduling.client_figures
            WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id;
            IF client.erased_at IS NOT NULL OR client.closed_until > now() THEN
                RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
            END IF;
            IF client.merged_into IS NOT NULL THEN
                RAISE unique_violation USING CONSTRAINT = 'client_merged', MESSAGE = 'the client was merged into another one';
            END IF;"""
# As 0012 made it.
REFUSED_BEFORE = """\
            IF EXISTS (
                SELECT FROM scheduling.client_figures
                WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND (erased_at IS NOT NULL OR closed_until > now())
            ) THEN
                RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
            END IF;
            IF EXISTS (
                SELECT FROM scheduling.client_figures
                WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND merged_into IS NOT NULL
            ) THEN
                RAISE unique_violation USING CONSTRAINT = 'client_merged', MESSAGE = 'the client was merged into another one';
            END IF;"""


def upgrade() -> None:
    op.create_table(
        "busy_periods",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("resource_kind", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("overbooked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("resource_kind IN ('practitioner', 'room', 'client')", name="busy_period_resource_known"),
        sa.CheckConstraint("owner_kind IN ('appointment', 'hold', 'time_off')", name="busy_period_owner_known"),
        sa.CheckConstraint("ends_at > starts_at", name="busy_period_order"),
        sa.CheckConstraint("(owner_kind = 'hold') = (expires_at IS NOT NULL)", name="busy_period_expiry"),
        schema="scheduling",
    )
    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    op.execute("ALTER TABLE scheduling.appointments NO FORCE ROW LEVEL SECURITY")
    op.execute(CARRY_OVER)
    op.execute("ALTER TABLE scheduling.appointments FORCE ROW LEVEL SECURITY")
    op.create_primary_key("pk_busy_periods", "busy_periods", ["workspace_id", "resource_id", "starts_at", "owner_id"], schema="scheduling")
    op.execute(
        "ALTER TABLE scheduling.busy_periods ADD CONSTRAINT busy_period_conflict EXCLUDE USING gist"
        " (workspace_id WITH =, resource_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (NOT overbooked)"
    )
    op.create_index(
        "ix_busy_periods_overbooked",
        "busy_periods",
        ["workspace_id", "resource_id", "ends_at"],
        schema="scheduling",
        postgresql_where=sa.text("overbooked"),
    )
    op.create_index(
        "ix_busy_periods_holds",
        "busy_periods",
        ["workspace_id", "resource_id", "expires_at"],
        schema="scheduling",
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.execute("ALTER TABLE scheduling.busy_periods ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON scheduling.busy_periods USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, DELETE ON scheduling.busy_periods TO scheduling_app")
    op.add_column("locations", sa.Column("is_room", sa.Boolean(), server_default=sa.text("false"), nullable=False), schema="scheduling")
    op.create_check_constraint("location_room_in_clinic", "locations", "NOT is_room OR location_type = 'clinic'", schema="scheduling")
    op.execute("GRANT UPDATE (is_room) ON scheduling.locations TO scheduling_app")
    op.execute("ALTER TABLE scheduling.appointments DROP CONSTRAINT appointment_conflict")
    op.drop_index("ix_appointments_overbooked", "appointments", schema="scheduling")
    op.execute(KEEP_COUNTS.format(declared=DECLARED, refused=REFUSED))


def downgrade() -> None:
    op.execute(KEEP_COUNTS.format(declared="", refused=REFUSED_BEFORE))
    op.create_index(
        "ix_appointments_overbooked",
        "appointments",
        ["workspace_id", "practitioner_id", "scheduled_start"],
        schema="scheduling",
        postgresql_where=sa.text("overbooked AND deleted_at IS NULL"),
    )
    op.execute(
        "ALTER TABLE scheduling.appointments ADD CONSTRAINT appointment_conflict EXCLUDE USING gist"
        " (workspace_id WITH =, practitioner_id WITH =, during WITH &&)"
        " WHERE (status IN ('scheduled', 'completed') AND NOT overbooked AND deleted_at IS NULL)"
    )
    op.drop_column("locations", "is_room", schema="scheduling")
    op.drop_table("busy_periods", schema="scheduling")
