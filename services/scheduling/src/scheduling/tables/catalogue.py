"""Offered services and locations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.schema import SchemaItem

from chassis.db.tables import moment, sealed_alone, tenant
from scheduling.tables.base import metadata


def catalogue_table(name: str, entry: str, *items: SchemaItem, relay_grants: str = "") -> Table:
    """A table of catalogue entries: `items` and what all entries have. `entry` begins the names of the constraints."""
    return tenant(
        name,
        metadata,
        Column("id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        *items,
        Column("is_active", Boolean, nullable=False, server_default=text("true")),
        # Set when the entry is withdrawn. The row stays, because appointments refer to it.
        moment("deleted_at", nullable=True),
        moment("created_at", default_now=True),
        moment("updated_at", default_now=True),
        PrimaryKeyConstraint("workspace_id", "id", name=f"pk_{name}"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 255", name=f"{entry}_name_length"),
        CheckConstraint("deleted_at IS NULL OR NOT is_active", name=f"{entry}_withdrawn_inactive"),
        Index(f"ix_{name}_name", "workspace_id", "name", "id", postgresql_where=text("deleted_at IS NULL")),
        fixed=("id", "created_at"),
        grants="SELECT, INSERT, UPDATE",
        relay_grants=relay_grants,
    )


offered_services = catalogue_table(
    "services",
    "service",
    Column("description", Text),
    Column("default_duration_minutes", Integer, nullable=False),
    Column("buffer_before_minutes", Integer, nullable=False, server_default="0"),
    Column("buffer_after_minutes", Integer, nullable=False, server_default="0"),
    Column("price_minor_units", BigInteger),
    Column("currency", Text),
    CheckConstraint("default_duration_minutes BETWEEN 1 AND 1440", name="service_duration_range"),
    CheckConstraint("buffer_before_minutes BETWEEN 0 AND 240", name="service_buffer_before_range"),
    CheckConstraint("buffer_after_minutes BETWEEN 0 AND 240", name="service_buffer_after_range"),
    CheckConstraint("price_minor_units >= 0", name="service_price_range"),
    CheckConstraint("currency ~ '^[A-Z]{3}$'", name="service_currency_code"),
)

locations = catalogue_table(
    "locations",
    "location",
    Column("location_type", Text, nullable=False),
    # Of rows from before these were sealed; null as soon as they are.
    Column("address", Text),
    Column("details", Text),
    # The address and the details: a home is somebody's. Null until the service has sealed what is open.
    Column("sealed", LargeBinary, info=sealed_alone("id", revision="version")),
    # How often it was sealed.
    Column("version", BigInteger, nullable=False, server_default="0"),
    # One appointment takes place there at a time.
    Column("is_room", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("location_type IN ('clinic', 'home', 'online')", name="location_type_known"),
    CheckConstraint("NOT is_room OR location_type = 'clinic'", name="location_room_in_clinic"),
    CheckConstraint("sealed IS NULL OR (address IS NULL AND details IS NULL)", name="location_sealed"),
    Index("ix_locations_open", "workspace_id", "id", postgresql_where=text("sealed IS NULL")),
    relay_grants="SELECT (workspace_id, id, sealed)",
)
