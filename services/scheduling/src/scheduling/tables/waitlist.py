"""Who waits for an appointment, what time has become free, and to whom it was offered."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.db.tables import moment, tenant
from chassis.work.retention import Retention
from scheduling.tables.base import metadata

waitlist_entries = tenant(
    "waitlist_entries",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    # Null waits for any.
    Column("practitioner_id", Uuid),
    Column("service_id", Uuid),
    moment("earliest"),
    moment("latest"),
    Column("status", Text, nullable=False),
    moment("offered_until", nullable=True),
    # What an accepted offer was booked as.
    Column("appointment_id", Uuid),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("created_by", Uuid, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_waitlist_entries"),
    ForeignKeyConstraint(["workspace_id", "service_id"], ["services.workspace_id", "services.id"], name="service_not_found"),
    CheckConstraint("status IN ('waiting', 'offered', 'booked', 'expired', 'withdrawn')", name="waitlist_status_known"),
    CheckConstraint("latest > earliest", name="waitlist_window_order"),
    CheckConstraint("(status = 'offered') = (offered_until IS NOT NULL)", name="waitlist_offered_facts"),
    CheckConstraint("(status = 'booked') = (appointment_id IS NOT NULL)", name="waitlist_booked_facts"),
    Index("ix_waitlist_entries_created", "workspace_id", "created_at", "id"),
    Index("ix_waitlist_entries_status", "workspace_id", "status", "created_at", "id"),
    Index("ix_waitlist_entries_client", "workspace_id", "client_id", "created_at", "id"),
    Index("ix_waitlist_entries_practitioner", "workspace_id", "practitioner_id", "created_at", "id"),
    Index("ix_waitlist_entries_over", "latest", postgresql_where=text("status IN ('booked', 'expired', 'withdrawn')")),
    fixed=("id", "practitioner_id", "service_id", "earliest", "latest", "created_by", "created_at"),
    relay_grants="SELECT",
    care_team="reads",
)

# Time that an appointment has given back, noted by a trigger on appointments while somebody waits.
waitlist_openings = tenant(
    "waitlist_openings",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("practitioner_id", Uuid, nullable=False),
    # The appointment whose time it was.
    Column("appointment_id", Uuid, nullable=False),
    Column("location_type", Text, nullable=False),
    Column("location_id", Uuid),
    moment("starts_at"),
    moment("ends_at"),
    # With what was taken before and after it.
    moment("free_from"),
    moment("free_until"),
    Column("status", Text, nullable=False),
    moment("due_at"),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_waitlist_openings"),
    CheckConstraint("status IN ('open', 'closed')", name="opening_status_known"),
    CheckConstraint("ends_at > starts_at AND free_from <= starts_at AND free_until >= ends_at", name="opening_order"),
    Index("ix_waitlist_openings_over", "free_until"),
    fixed=(
        "id", "practitioner_id", "appointment_id", "location_type", "location_id", "starts_at", "ends_at", "free_from", "free_until",
        "created_at",
    ),
    relay_grants="SELECT",
)  # fmt: skip

# One for each time that an opening was offered to somebody. Its id is also that of the hold, and of the mail.
waitlist_offers = tenant(
    "waitlist_offers",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("opening_id", Uuid, nullable=False),
    Column("entry_id", Uuid, nullable=False),
    moment("starts_at"),
    moment("ends_at"),
    # With the buffers of the service: what is held of the practitioner and the room.
    moment("busy_from"),
    moment("busy_until"),
    Column("status", Text, nullable=False),
    moment("offered_until"),
    # SHA-256 of the secret in the link that was mailed last.
    Column("token_hash", LargeBinary),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_waitlist_offers"),
    ForeignKeyConstraint(
        ["workspace_id", "opening_id"],
        ["scheduling.waitlist_openings.workspace_id", "scheduling.waitlist_openings.id"],
        name="fk_waitlist_offers_opening",
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["workspace_id", "entry_id"],
        ["scheduling.waitlist_entries.workspace_id", "scheduling.waitlist_entries.id"],
        name="fk_waitlist_offers_entry",
        ondelete="CASCADE",
    ),
    # Nobody is offered the same time twice.
    UniqueConstraint("workspace_id", "opening_id", "entry_id", name="waitlist_offered_once"),
    CheckConstraint("status IN ('open', 'accepted', 'lapsed', 'withdrawn')", name="waitlist_offer_status_known"),
    Index("one_open_offer_of_opening", "workspace_id", "opening_id", unique=True, postgresql_where=text("status = 'open'")),
    Index("one_open_offer_of_entry", "workspace_id", "entry_id", unique=True, postgresql_where=text("status = 'open'")),
    Index("ix_waitlist_offers_entry", "workspace_id", "entry_id"),
    fixed=("id", "opening_id", "entry_id", "starts_at", "ends_at", "busy_from", "busy_until", "offered_until", "created_at"),
)

# The openings and entries that something is to be done about, and when, of every workspace. Triggers on their tables keep it. A
# worker has to find them before it knows the workspace, so this table can be read and claimed without one; it holds ids and a time only.
waitlist_due = Table(
    "waitlist_due",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item_id", Uuid, nullable=False),
    # While the row is claimed: when the lease expires.
    moment("due_at"),
    PrimaryKeyConstraint("workspace_id", "kind", "item_id", name="pk_waitlist_due"),
    CheckConstraint("kind IN ('opening', 'entry')", name="waitlist_due_kind_known"),
    Index("ix_waitlist_due", "due_at"),
)

RETENTIONS = (
    Retention("waitlist_openings", since="free_until", days=90.0),
    Retention("waitlist_entries", since="latest", days=365.0, over="status IN ('booked', 'expired', 'withdrawn')"),
)
