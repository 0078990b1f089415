"""Series of appointments: their rules, and which appointment is which occurrence. Whom an appointment is with, it says itself."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text, Uuid

from chassis.db.tables import moment, tenant
from scheduling.tables.base import metadata

series = tenant(
    "series",
    metadata,
    Column("id", Uuid, nullable=False),
    # RFC 5545.
    Column("rrule", Text, nullable=False),
    moment("first_start"),
    Column("duration_minutes", Integer, nullable=False),
    # On its clocks all occurrences are at the same time.
    Column("time_zone", Text, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("created_by", Uuid, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_series"),
    CheckConstraint("duration_minutes BETWEEN 1 AND 1440", name="series_duration_range"),
    CheckConstraint("char_length(rrule) BETWEEN 1 AND 600", name="series_rule_length"),
    fixed=("id", "created_by", "created_at"),
)

# The rule's times, whatever became of them: one that was left out or deleted stays so when the series is changed.
series_occurrences = tenant(
    "series_occurrences",
    metadata,
    Column("series_id", Uuid, nullable=False),
    # When it begins by the rule. The appointment may have been moved since.
    moment("planned_start"),
    # Why no appointment was booked; null where one was.
    Column("left_out", Text),
    Column("appointment_id", Uuid),
    PrimaryKeyConstraint("workspace_id", "series_id", "planned_start", name="pk_series_occurrences"),
    ForeignKeyConstraint(
        ["workspace_id", "series_id"],
        ["scheduling.series.workspace_id", "scheduling.series.id"],
        name="fk_series_occurrences_series",
        ondelete="CASCADE",
    ),
    CheckConstraint("left_out IN ('conflict', 'holiday', 'nonexistent_local_time')", name="series_occurrence_left_out_known"),
    CheckConstraint("(left_out IS NULL) = (appointment_id IS NOT NULL)", name="series_occurrence_left_out"),
    grants="SELECT, INSERT, DELETE",
)
