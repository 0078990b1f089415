"""What whoever runs the installation sees and has done."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from chassis.db.tables import Sealed, moment, tenant
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
    moment("deleted_at", nullable=True),
    moment("erase_after", nullable=True),
    moment("erased_at", nullable=True),
    # Whom the platform invited as the owner, and when that user first got in.
    Column("owner_id", Uuid),
    moment("owner_accepted_at", nullable=True),
    # Kept by a trigger on users, which runs at the end of their transactions.
    Column("active_users", Integer, nullable=False, server_default="0"),
    Column("total_users", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("workspace_id", name="pk_workspace_directory"),
    Index("ix_workspace_directory_newest", text("created_at DESC"), "workspace_id"),
    Index("ix_workspace_directory_owner", "owner_id"),
    Index(
        "ix_workspace_directory_pending",
        text("created_at DESC"),
        postgresql_where=text("owner_id IS NOT NULL AND owner_accepted_at IS NULL AND deleted_at IS NULL"),
    ),
    Index("ix_workspace_directory_users", "workspace_id", postgresql_include=["active_users", "total_users", "erased_at"]),
    # Finds any part of a name that has three letters or more.
    Index("ix_workspace_directory_name", "name", postgresql_using="gin", postgresql_ops={"name": "public.gin_trgm_ops"}),
)

# In which services nothing is left of an erased workspace, and since when.
erasure_progress = tenant(
    "erasure_progress",
    metadata,
    Column("service", Text, nullable=False),
    moment("finished_at"),
    PrimaryKeyConstraint("workspace_id", "service", name="pk_erasure_progress"),
    grants="SELECT, INSERT",
    eraser_grants="",
)

# What platform administrators have done, in their own workspace.
activities = tenant(
    "activities",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    # The workspace it was done to, if it was one.
    Column("subject_id", Uuid),
    Column("subject_name", Text),
    Column("user_id", Uuid, nullable=False),
    Column("reason", Text),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_activities"),
    Index("ix_activities_created", "workspace_id", "created_at"),
    grants="SELECT, INSERT",
    eraser_grants="",
)

# Addresses that may be neither invited nor signed in with, as the administrator who listed them knows them.
blacklist = tenant(
    "blacklist",
    metadata,
    Column("id", Uuid, nullable=False),
    # The address and the reason, encrypted.
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("added_by", Uuid, nullable=False),
    moment("added_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_blacklist"),
    grants="SELECT, INSERT, DELETE",
    sealed=Sealed(bound=("added_by", "added_at")),
)

# The same addresses, as they are looked for when somebody signs in.
blacklisted_addresses = Table(
    "blacklisted_addresses",
    metadata,
    Column("email_index", LargeBinary, nullable=False),
    Column("workspace_id", Uuid, nullable=False),
    Column("entry_id", Uuid, nullable=False),
    moment("added_at"),
    PrimaryKeyConstraint("email_index", name="pk_blacklisted_addresses"),
    ForeignKeyConstraint(
        ["workspace_id", "entry_id"],
        ["identity.blacklist.workspace_id", "identity.blacklist.id"],
        name="blacklisted_address_of_an_entry",
        ondelete="CASCADE",
    ),
    Index("ix_blacklisted_addresses_newest", text("added_at DESC"), "entry_id"),
    Index("ix_blacklisted_addresses_entry", "workspace_id", "entry_id"),
)
