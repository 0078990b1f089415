"""What reminders say: the workspace's own texts."""

from sqlalchemy import Boolean, CheckConstraint, Column, PrimaryKeyConstraint, Text, Uuid

from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

reminder_templates = tenant(
    "reminder_templates",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("is_active", Boolean, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_reminder_templates"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="reminder_template_name_length"),
    CheckConstraint("char_length(subject) BETWEEN 1 AND 255", name="reminder_template_subject_length"),
    CheckConstraint("char_length(text) BETWEEN 1 AND 20000", name="reminder_template_text_length"),
    fixed=("id", "created_at"),
)
