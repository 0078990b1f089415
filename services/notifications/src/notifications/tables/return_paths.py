"""Where reports about mail that was not delivered come back to, and the addresses that it is not delivered to."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint, Uuid, text

from chassis.db.tables import moment, tenant
from notifications.tables.base import metadata

# One per mail, of its newest attempt.
return_paths = tenant(
    "return_paths",
    metadata,
    # The mail's or the reminder's.
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    # A keyed digest of the address that was mailed.
    Column("address_index", LargeBinary, nullable=False),
    # The key that it is made with.
    Column("index_version", Integer, nullable=False, server_default="1"),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_return_paths"),
    UniqueConstraint("workspace_id", "token_hash", name="return_token_is_one"),
    CheckConstraint("kind IN ('reminder', 'mail')", name="return_path_kind_known"),
    Index("ix_return_paths_over", "created_at"),
    Index("ix_return_paths_index_version", "workspace_id", "index_version", "address_index"),
    fixed=("id",),
    relay_grants="SELECT",
)

# What is known of an address that mail was not delivered to. While `held_at` is set, nothing is mailed there; who has another address starts anew.
address_troubles = tenant(
    "address_troubles",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("address_index", LargeBinary, nullable=False),
    Column("index_version", Integer, nullable=False, server_default="1"),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    moment("first_at"),
    moment("last_at"),
    moment("held_at", nullable=True),
    # The mail that was last not delivered: whose address it is, its row says, as long as there is one.
    Column("kind", Text),
    Column("item_id", Uuid),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_address_troubles"),
    UniqueConstraint("workspace_id", "address_index", name="address_trouble_is_one"),
    CheckConstraint("reason IN ('dead_address', 'mailbox_full', 'unclear')", name="address_reason_known"),
    Index("ix_address_troubles_over", "last_at"),
    Index("ix_address_troubles_index_version", "workspace_id", "index_version", "address_index"),
    Index("ix_address_troubles_held", "workspace_id", "held_at", "id", postgresql_where=text("held_at IS NOT NULL")),
    fixed=("id",),
    relay_grants="SELECT",
)
