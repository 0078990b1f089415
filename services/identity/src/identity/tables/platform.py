"""What whoever runs the installation sees and has done."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, Uuid

from chassis.db.tables import moment, tenant
from identity.tables.base import metadata

# Every workspace, for platform administrators: it can be read without a workspace, and is written in the workspace's own
# transactions, by triggers on the tables above. It holds what the installation is run by, and nothing of what is in a workspace.
workspace_directory = Table(
    "workspace_directory",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    moment("created_at"),
    # Whom the platform invited as the owner, and when that user first got in.
    Column("owner_id", Uuid),
    moment("owner_accepted_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", name="pk_workspace_directory"),
    Index("ix_workspace_directory_created", "created_at"),
    Index("ix_workspace_directory_owner", "owner_id"),
)

# What platform administrators have done, in their own workspace.
activities = tenant(
    "activities",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    # The workspace it was done to.
    Column("subject_id", Uuid, nullable=False),
    Column("subject_name", Text, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("reason", Text),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_activities"),
    Index("ix_activities_created", "workspace_id", "created_at"),
    grants="SELECT, INSERT",
)
