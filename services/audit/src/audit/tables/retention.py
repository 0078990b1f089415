"""For how many years a workspace keeps its trail."""

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, SmallInteger

from audit.tables.base import metadata
from chassis.db.tables import moment, tenant

# Without a row the default holds.
retention_periods = tenant(
    "retention_periods",
    metadata,
    Column("years", SmallInteger, nullable=False),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_retention_periods"),
    CheckConstraint("years BETWEEN 6 AND 30", name="retention_period_years"),
    grants="SELECT, INSERT, UPDATE (years, updated_at)",
    eraser_grants="",
)
