"""When practitioners work, and when nobody does."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Integer, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint, Uuid

from chassis.db.tables import Sealed, moment, tenant
from scheduling.tables.base import metadata

# The hours themselves are sealed: they say where somebody is not, and why.
availability = tenant(
    "availability",
    metadata,
    Column("practitioner_id", Uuid, nullable=False),
    # Null follows the workspace's.
    Column("time_zone", Text),
    Column("notice_minutes", Integer, nullable=False),
    Column("slot_step_minutes", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("updated_by", Uuid, nullable=False),
    moment("updated_at"),
    # The version whose time off was taken last, and the rules of time zones by which it was reckoned.
    Column("time_off_version", BigInteger),
    Column("time_off_rules", Text),
    PrimaryKeyConstraint("workspace_id", "practitioner_id", name="pk_availability"),
    CheckConstraint("notice_minutes BETWEEN 0 AND 43200", name="availability_notice_range"),
    CheckConstraint("slot_step_minutes BETWEEN 5 AND 240", name="availability_step_range"),
    fixed=("practitioner_id",),
    grants="SELECT, INSERT, UPDATE",
    relay_grants="SELECT (workspace_id, practitioner_id, version, time_off_version, time_off_rules)",
    sealed=Sealed(
        bound=("time_zone", "notice_minutes", "slot_step_minutes", "updated_by", "updated_at"),
        unbound=dict.fromkeys(("time_off_version", "time_off_rules"), "what follows from the row was done: nothing that it says"),
        row="practitioner_id",
    ),
)

# By which rules of time zones the appointments to come of a workspace are where their clocks say.
clock_rules = tenant(
    "clock_rules",
    metadata,
    # A version of the IANA time zone database, like 2026f.
    Column("tzdata_version", Text, nullable=False),
    moment("settled_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_clock_rules"),
    CheckConstraint("char_length(tzdata_version) BETWEEN 1 AND 20", name="clock_rules_version_length"),
    grants="SELECT, INSERT, UPDATE",
    relay_grants="SELECT",
)

# Days on which nobody works: a workspace's own, and public holidays that were copied from a library.
holidays = tenant(
    "holidays",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("date", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("country", Text),
    Column("subdivision", Text),
    Column("source_version", Text),
    Column("created_by", Uuid, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_holidays"),
    UniqueConstraint("workspace_id", "date", "name", name="holiday_exists"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="holiday_name_length"),
    CheckConstraint("(country IS NULL) = (source_version IS NULL)", name="holiday_source"),
    grants="SELECT, INSERT, DELETE",
)
