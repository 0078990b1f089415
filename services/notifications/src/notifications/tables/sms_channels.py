"""Where a workspace's text messages are handed over."""

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, PrimaryKeyConstraint

from chassis.db.tables import moment, sealed_alone, tenant
from notifications.tables.base import metadata

# One row, or none: then the workspace sends no text messages.
sms_channels = tenant(
    "sms_channels",
    metadata,
    # The address, which may hold a credential, and the secrets that sign.
    Column("sealed", LargeBinary, nullable=False, info=sealed_alone("workspace_id", revision="version")),
    Column("version", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    # Until then the former secret signs, too.
    moment("former_until", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_sms_channels"),
    fixed=("created_at",),
)
