"""What people want to be mailed about their own work, and when something of it is due next."""

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, Column, Integer, PrimaryKeyConstraint, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

# One row for each person who has set something.
notification_settings = tenant(
    "notification_settings",
    metadata,
    Column("user_id", Uuid, nullable=False),
    Column("email_enabled", Boolean, nullable=False),
    Column("notify_appointment_booked", Boolean, nullable=False),
    Column("notify_appointment_cancelled", Boolean, nullable=False),
    Column("notify_appointment_rescheduled", Boolean, nullable=False),
    Column("notify_appointment_confirmed", Boolean, nullable=False),
    Column("notify_alerts", Boolean, nullable=False),
    Column("digest_enabled", Boolean, nullable=False),
    Column("digest_time", Text),
    Column("digest_days", ARRAY(Integer), nullable=False),
    Column("tomorrow_digest_enabled", Boolean, nullable=False),
    Column("tomorrow_digest_time", Text),
    Column("tomorrow_digest_days", ARRAY(Integer), nullable=False),
    Column("reminder_enabled", Boolean, nullable=False),
    Column("reminder_minutes", Integer),
    Column("notes_reminder_enabled", Boolean, nullable=False),
    Column("notes_reminder_time", Text),
    Column("time_zone", Text),
    Column("extended_settings", JSONB, nullable=False),
    # Grows with every change of what is due, so that a worker sees that what it has found out is no longer so.
    Column("revision", BigInteger, nullable=False),
    # What was due until then was mailed, or is not mailed any more.
    moment("done_until"),
    # When something may be due. Null: never.
    moment("next_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "user_id", name="pk_notification_settings"),
    CheckConstraint("reminder_minutes IN (15, 30, 60, 120, 1440)", name="reminder_minutes_known"),
    fixed=("user_id", "created_at"),
    grants="SELECT, INSERT, UPDATE",
)
