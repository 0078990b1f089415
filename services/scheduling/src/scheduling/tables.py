"""The tables of scheduling: appointments, what is offered, where, and the counts kept of them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint

from chassis.db.system_tables import chassis_tables
from chassis.db.tables import moment, tenant

metadata = MetaData(schema="scheduling")


def _catalogue_columns() -> list[Any]:
    """A withdrawn entry stays for the appointments that name it, and is neither listed nor offered."""
    return [
        Column("is_active", Boolean, nullable=False, server_default=text("true")),
        moment("deleted_at", nullable=True),
        moment("created_at", default_now=True),
        moment("updated_at", default_now=True),
    ]


services = tenant(
    "services",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("default_duration_minutes", Integer, nullable=False),
    Column("buffer_before_minutes", Integer, nullable=False, server_default="0"),
    Column("buffer_after_minutes", Integer, nullable=False, server_default="0"),
    Column("price_minor_units", BigInteger),
    Column("currency", Text),
    *_catalogue_columns(),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_services"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="service_name_length"),
    CheckConstraint("default_duration_minutes BETWEEN 1 AND 1440", name="service_duration_range"),
    CheckConstraint("buffer_before_minutes BETWEEN 0 AND 240", name="service_buffer_before_range"),
    CheckConstraint("buffer_after_minutes BETWEEN 0 AND 240", name="service_buffer_after_range"),
    CheckConstraint("price_minor_units >= 0", name="service_price_range"),
    CheckConstraint("currency ~ '^[A-Z]{3}$'", name="service_currency_code"),
    CheckConstraint("deleted_at IS NULL OR NOT is_active", name="service_withdrawn_inactive"),
    Index("ix_services_name", "workspace_id", "name", "id", postgresql_where=text("deleted_at IS NULL")),
)

locations = tenant(
    "locations",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("location_type", Text, nullable=False),
    Column("address", Text),
    Column("details", Text),
    *_catalogue_columns(),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_locations"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="location_name_length"),
    CheckConstraint("location_type IN ('clinic', 'home', 'online')", name="location_type_known"),
    CheckConstraint("deleted_at IS NULL OR NOT is_active", name="location_withdrawn_inactive"),
    Index("ix_locations_name", "workspace_id", "name", "id", postgresql_where=text("deleted_at IS NULL")),
)

appointments = tenant(
    "appointments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("practitioner_id", Uuid, nullable=False),
    Column("series_id", Uuid),
    moment("scheduled_start"),
    moment("scheduled_end"),
    # What it takes of the practitioner's time: start to end and the service's buffers, as they were when it was agreed.
    Column("during", TSTZRANGE, nullable=False),
    Column("location_type", Text, nullable=False),
    Column("location_id", Uuid),
    Column("service_id", Uuid),
    Column("status", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("overbooked", Boolean, nullable=False, server_default=text("false")),
    Column("overbooked_by", Uuid),
    moment("overbooked_at", nullable=True),
    moment("edited_at", nullable=True),
    Column("edit_count", Integer, nullable=False, server_default="0"),
    Column("created_by", Uuid, nullable=False),
    Column("cancelled_by", Uuid),
    moment("cancelled_at", nullable=True),
    Column("deleted_by", Uuid),
    moment("deleted_at", nullable=True),
    Column("deletion_reason", LargeBinary),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_appointments"),
    ForeignKeyConstraint(["workspace_id", "service_id"], ["services.workspace_id", "services.id"], name="service_not_found"),
    ForeignKeyConstraint(["workspace_id", "location_id"], ["locations.workspace_id", "locations.id"], name="location_not_found"),
    CheckConstraint(
        "scheduled_end > scheduled_start AND scheduled_end - scheduled_start <= interval '24 hours'", name="appointment_length"
    ),
    # Buffers reach no further than four hours, which the search for clashes relies on.
    CheckConstraint(
        "during @> tstzrange(scheduled_start, scheduled_end) AND "
        "during <@ tstzrange(scheduled_start - interval '4 hours', scheduled_end + interval '4 hours')",
        name="appointment_during",
    ),
    CheckConstraint("location_type IN ('clinic', 'home', 'online')", name="appointment_location_type_known"),
    CheckConstraint("status IN ('scheduled', 'completed', 'cancelled', 'no_show')", name="appointment_status_known"),
    CheckConstraint(
        "overbooked = (overbooked_at IS NOT NULL) AND overbooked = (overbooked_by IS NOT NULL)", name="appointment_overbooked_facts"
    ),
    CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="appointment_cancelled_facts"),
    CheckConstraint("deleted_at IS NOT NULL OR deletion_reason IS NULL", name="appointment_deleted_facts"),
    # Two callers may both find a slot free before either of them has written; only the database sees both.
    ExcludeConstraint(
        ("workspace_id", "="),
        ("practitioner_id", "="),
        ("during", "&&"),
        where=text("status IN ('scheduled', 'completed') AND NOT overbooked AND deleted_at IS NULL"),
        using="gist",
        name="appointment_conflict",
    ),
    Index("ix_appointments_start", "workspace_id", "scheduled_start", "id", postgresql_where=text("deleted_at IS NULL")),
    Index("ix_appointments_status", "workspace_id", "status", "scheduled_start", "id", postgresql_where=text("deleted_at IS NULL")),
    Index(
        "ix_appointments_practitioner",
        "workspace_id", "practitioner_id", "scheduled_start", "id",
        postgresql_where=text("deleted_at IS NULL"),
    ),
    # The deleted ones too: a client's erasure must find them.
    Index("ix_appointments_client", "workspace_id", "client_id", "scheduled_start", "id"),
)  # fmt: skip

# Both are kept by the trigger `keep_counts`, in the transaction that changes an appointment.
client_figures = tenant(
    "client_figures",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("appointment_count", BigInteger, nullable=False),
    # An erased client's id takes no more appointments, however late their booking commits.
    moment("erased_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "client_id", name="pk_client_figures"),
)

day_figures = tenant(
    "day_figures",
    metadata,
    # The UTC day of the start.
    Column("day", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("appointment_count", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "day", "status", name="pk_day_figures"),
)

chassis_tables(metadata)
