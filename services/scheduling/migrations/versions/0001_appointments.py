"""Appointments, what is offered and where, and the counts kept of appointments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations.runner import create_chassis_tables, drop_chassis_tables, secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Row for row, but only at the commit: the figures of a busy day are locked by one commit at a time, not by whole calls.
# In order of client and day, so that no two commits wait for each other.
KEEP_COUNTS = """
CREATE FUNCTION scheduling.keep_counts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "client_figures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_count", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", name="pk_client_figures"),
        schema="scheduling",
    )
    op.create_table(
        "day_figures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("appointment_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "day", "status", name="pk_day_figures"),
        schema="scheduling",
    )
    op.create_table(
        "locations",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("location_type", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("location_type IN ('clinic', 'home', 'online')", name="location_type_known"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="location_name_length"),
        sa.CheckConstraint("deleted_at IS NULL OR NOT is_active", name="location_withdrawn_inactive"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_locations"),
        schema="scheduling",
    )
    op.create_index(
        "ix_locations_name",
        "locations",
        ["workspace_id", "name", "id"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "services",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("default_duration_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("price_minor_units", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="service_currency_code"),
        sa.CheckConstraint("buffer_after_minutes BETWEEN 0 AND 240", name="service_buffer_after_range"),
        sa.CheckConstraint("buffer_before_minutes BETWEEN 0 AND 240", name="service_buffer_before_range"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="service_name_length"),
        sa.CheckConstraint("default_duration_minutes BETWEEN 1 AND 1440", name="service_duration_range"),
        sa.CheckConstraint("deleted_at IS NULL OR NOT is_active", name="service_withdrawn_inactive"),
        sa.CheckConstraint("price_minor_units >= 0", name="service_price_range"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_services"),
        schema="scheduling",
    )
    op.create_index(
        "ix_services_name",
        "services",
        ["workspace_id", "name", "id"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "appointments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("scheduled_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scheduled_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("location_type", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("overbooked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("overbooked_by", sa.Uuid(), nullable=True),
        sa.Column("overbooked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edit_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deletion_reason", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("workspace_id"), "="),
            (sa.column("practitioner_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("status IN ('scheduled', 'completed') AND NOT overbooked AND deleted_at IS NULL"),
            using="gist",
            name="appointment_conflict",
        ),
        sa.CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="appointment_cancelled_facts"),
        sa.CheckConstraint(
            "during @> tstzrange(scheduled_start, scheduled_end) AND during <@ tstzrange(scheduled_start - interval '4 hours', scheduled_end + interval '4 hours')",
            name="appointment_during",
        ),
        sa.CheckConstraint("location_type IN ('clinic', 'home', 'online')", name="appointment_location_type_known"),
        sa.CheckConstraint(
            "scheduled_end > scheduled_start AND scheduled_end - scheduled_start <= interval '24 hours'", name="appointment_length"
        ),
        sa.CheckConstraint("status IN ('scheduled', 'completed', 'cancelled', 'no_show')", name="appointment_status_known"),
        sa.CheckConstraint("deleted_at IS NOT NULL OR deletion_reason IS NULL", name="appointment_deleted_facts"),
        sa.CheckConstraint(
            "overbooked = (overbooked_at IS NOT NULL) AND overbooked = (overbooked_by IS NOT NULL)", name="appointment_overbooked_facts"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "location_id"], ["scheduling.locations.workspace_id", "scheduling.locations.id"], name="location_not_found"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "service_id"], ["scheduling.services.workspace_id", "scheduling.services.id"], name="service_not_found"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_appointments"),
        schema="scheduling",
    )
    op.create_index(
        "ix_appointments_client", "appointments", ["workspace_id", "client_id", "scheduled_start", "id"], unique=False, schema="scheduling"
    )
    op.create_index(
        "ix_appointments_practitioner",
        "appointments",
        ["workspace_id", "practitioner_id", "scheduled_start", "id"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_appointments_start",
        "appointments",
        ["workspace_id", "scheduled_start", "id"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_appointments_status",
        "appointments",
        ["workspace_id", "status", "scheduled_start", "id"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.execute(KEEP_COUNTS)
    op.execute(
        "CREATE CONSTRAINT TRIGGER keep_counts AFTER INSERT OR UPDATE OR DELETE ON scheduling.appointments"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION scheduling.keep_counts()"
    )
    secure("appointments")
    for table in ("services", "locations", "client_figures", "day_figures"):
        secure(table, grants="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    for table in ("appointments", "services", "locations", "client_figures", "day_figures"):
        op.drop_table(table, schema="scheduling")
    op.execute("DROP FUNCTION scheduling.keep_counts()")
    drop_chassis_tables()
