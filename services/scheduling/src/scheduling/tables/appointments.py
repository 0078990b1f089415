"""Appointments, who changed their status, and how many there are."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from chassis.db.counters import FOLDED_GRANTS, counter
from chassis.db.tables import Sealed, moment, tenant
from scheduling.tables.base import metadata

appointments = tenant(
    "appointments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("practitioner_id", Uuid, nullable=False),
    Column("series_id", Uuid),
    moment("scheduled_start"),
    moment("scheduled_end"),
    # The appointment, and the buffers that its service had when it was booked. What it takes of whom is in `busy_periods`.
    Column("during", TSTZRANGE, nullable=False),
    Column("location_type", Text, nullable=False),
    Column("location_id", Uuid),
    Column("service_id", Uuid),
    Column("status", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("overbooked", Boolean, nullable=False, server_default=text("false")),
    Column("overbooked_by", Uuid),
    moment("overbooked_at", nullable=True),
    moment("edited_at", nullable=True),
    Column("edit_count", Integer, nullable=False, server_default="0"),
    Column("created_by", Uuid, nullable=False),
    Column("cancelled_by", Uuid),
    moment("cancelled_at", nullable=True),
    # The client has said by a link that they come at this time. A move forgets it.
    moment("confirmed_at", nullable=True),
    # The client has said by a link that they cannot come at this time, and waits for the practice's answer.
    moment("cancellation_asked_at", nullable=True),
    Column("deleted_by", Uuid),
    moment("deleted_at", nullable=True),
    Column("deletion_reason", LargeBinary),
    # What is paid for the appointment. A status that is null is `not_paid`.
    Column("payment_price", Numeric),
    Column("payment_status", Text),
    Column("payment_method", Text),
    moment("paid_at", nullable=True),
    # What clocks of a zone were to show at the start, and how far they were from UTC by the rules of that day, in seconds.
    Column("time_zone", Text),
    Column("local_start", DateTime(timezone=False)),
    Column("utc_offset", Integer),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_appointments"),
    ForeignKeyConstraint(["workspace_id", "service_id"], ["services.workspace_id", "services.id"], name="service_not_found"),
    ForeignKeyConstraint(["workspace_id", "location_id"], ["locations.workspace_id", "locations.id"], name="location_not_found"),
    CheckConstraint(
        "scheduled_end > scheduled_start AND scheduled_end - scheduled_start <= interval '24 hours'", name="appointment_length"
    ),
    # Buffers are four hours at most.
    CheckConstraint(
        "during @> tstzrange(scheduled_start, scheduled_end) AND "
        "during <@ tstzrange(scheduled_start - interval '4 hours', scheduled_end + interval '4 hours')",
        name="appointment_during",
    ),
    CheckConstraint("location_type IN ('clinic', 'home', 'online')", name="appointment_location_type_known"),
    CheckConstraint("status IN ('scheduled', 'completed', 'cancelled', 'no_show')", name="appointment_status_known"),
    CheckConstraint(
        "overbooked = (overbooked_at IS NOT NULL) AND overbooked = (overbooked_by IS NOT NULL)", name="appointment_overbooked_facts"
    ),
    CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="appointment_cancelled_facts"),
    CheckConstraint("deleted_at IS NOT NULL OR deletion_reason IS NULL", name="appointment_deleted_facts"),
    CheckConstraint("payment_price >= 0 AND payment_price < 10000000 AND scale(payment_price) <= 3", name="appointment_payment_price"),
    CheckConstraint("payment_status IN ('paid', 'payment_sent', 'waived')", name="appointment_payment_status"),
    CheckConstraint(
        "payment_method IN ('cash', 'card', 'bank_transfer', 'bit', 'paybox', 'other')", name="appointment_payment_method"
    ),
    CheckConstraint("(paid_at IS NOT NULL) = (payment_status IS NOT DISTINCT FROM 'paid')", name="appointment_paid_facts"),
    CheckConstraint("num_nulls(time_zone, local_start, utc_offset) IN (0, 3)", name="appointment_agreed_facts"),
    Index("ix_appointments_start", "workspace_id", "scheduled_start", "id", postgresql_where=text("deleted_at IS NULL")),
    Index("ix_appointments_status", "workspace_id", "status", "scheduled_start", "id", postgresql_where=text("deleted_at IS NULL")),
    Index(
        "ix_appointments_practitioner",
        "workspace_id", "practitioner_id", "scheduled_start", "id",
        postgresql_where=text("deleted_at IS NULL"),
    ),
    Index(
        "ix_appointments_cancellation_asked",
        "workspace_id", "scheduled_start", "id",
        postgresql_where=text("deleted_at IS NULL AND cancellation_asked_at IS NOT NULL"),
    ),
    # Calendars of other programs are told what was deleted.
    Index(
        "ix_appointments_deleted",
        "workspace_id", "practitioner_id", "deleted_at",
        postgresql_where=text("deleted_at IS NOT NULL"),
    ),
    # Deleted appointments too, because an erasure must find them.
    Index("ix_appointments_client", "workspace_id", "client_id", "scheduled_start", "id"),
    fixed=("id", "created_by", "created_at"),
    # That somebody is busy is seen by whoever books.
    care_team="changes",
    sealed=Sealed(
        bound=(
            "client_id", "practitioner_id", "series_id", "scheduled_start", "scheduled_end", "during", "location_type", "location_id",
            "service_id", "status", "overbooked", "overbooked_by", "overbooked_at", "edited_at", "edit_count", "created_by",
            "cancelled_by", "cancelled_at", "confirmed_at", "deleted_by", "deleted_at", "payment_price", "payment_status", "payment_method", "paid_at",
            "created_at", "updated_at",
        ),
        # The release before would not open a row that binds it.
        unbound={
            "cancellation_asked_at": "what the client has asked for is in the appointment's history, and in the trail",
            **dict.fromkeys(
                ("time_zone", "local_start", "utc_offset"),
                "a release that does not know them changes appointments and leaves them; what they say counts where it agrees with the start, which is bound",
            ),
        },
        columns=("sealed", "deletion_reason"),
    ),
)  # fmt: skip

# Who changed an appointment, when, and from what to what. Rows are never changed, and are deleted only with their
# appointment.
status_changes = tenant(
    "status_changes",
    metadata,
    Column("appointment_id", Uuid, nullable=False),
    # Of the appointment, as the change made it.
    Column("version", BigInteger, nullable=False),
    Column("status_before", Text, nullable=False),
    Column("status_after", Text, nullable=False),
    Column("changed_by", Uuid, nullable=False),
    moment("changed_at"),
    # By field, the value before and after; null for texts. Those from before the column was there changed the status alone.
    Column("fields", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    PrimaryKeyConstraint("workspace_id", "appointment_id", "version", name="pk_status_changes"),
    ForeignKeyConstraint(
        ["workspace_id", "appointment_id"],
        ["scheduling.appointments.workspace_id", "scheduling.appointments.id"],
        name="fk_status_changes_appointment",
        ondelete="CASCADE",
    ),
    grants="SELECT, INSERT",
)

client_figures = tenant(
    "client_figures",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("appointment_count", BigInteger, nullable=False),
    # Once set, the trigger refuses further appointments of the client, even if their booking began earlier.
    moment("erased_at", nullable=True),
    # Once set, it refuses them as well: the client is another one's duplicate, and whoever books is told so.
    Column("merged_into", Uuid),
    # The same until then: of a client without appointments who may be about to be erased.
    moment("closed_until", nullable=True),
    PrimaryKeyConstraint("workspace_id", "client_id", name="pk_client_figures"),
    grants="SELECT, INSERT, UPDATE",
    relay_grants=FOLDED_GRANTS,
)

day_figures = tenant(
    "day_figures",
    metadata,
    # The UTC day of the start.
    Column("day", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("appointment_count", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "day", "status", name="pk_day_figures"),
    grants="SELECT",
    relay_grants=FOLDED_GRANTS,
)

# The trigger `keep_counts` appends the changes of both with every change of an appointment.
client_counters = counter("client_counter_changes", client_figures, metadata, counts=["appointment_count"])
day_counters = counter("day_counter_changes", day_figures, metadata, counts=["appointment_count"])
