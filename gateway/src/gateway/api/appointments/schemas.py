"""Appointments and their conflicts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from gateway.api.clients.schemas import ClientSummary
from gateway.api.fields import (
    JsonObject,
    LocationType,
    Page,
    PageQuery,
    QueryTime,
    Schema,
    Text,
    Text100,
    Text5000,
    Time,
    TimeOrDay,
    absent,
)
from gateway.compat import completed_status

StatusWord = Literal["scheduled", "completed", "cancelled", "no_show"]
AppointmentStatus = Annotated[StatusWord, BeforeValidator(completed_status.understand)]


PaymentStatus = Literal["not_paid", "paid", "payment_sent", "waived"]
PaymentMethod = Literal["cash", "card", "bank_transfer", "bit", "paybox", "other"]
Price = Annotated[
    Text,
    BeforeValidator(lambda value: f"{value}" if type(value) in {int, float} else value),
    Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?$", description="A decimal number, like 80.00."),
]
OverbookingReason = Annotated[
    Text | None, Field(description="Why somebody overbooks, with allow_conflict=true. Kept for as long as the appointment is overbooked.")
]


class AppointmentCreate(Schema):
    client_id: UUID
    practitioner_id: Annotated[UUID | None, Field(description="The caller, unless given.")] = None
    scheduled_start: Time
    scheduled_end: Annotated[Time, Field(description="After the start, by at most 24 hours.")]
    location_type: LocationType
    location_id: UUID | None = None
    location_details: Text | None = None
    service_id: UUID | None = None
    notes: Text | None = None
    hold_id: Annotated[UUID | None, Field(description="What the caller holds by POST /slots/hold, and books now.")] = None
    overbooking_reason: OverbookingReason = None
    time_zone: Annotated[
        Text100 | None, Field(description="IANA: on whose clocks the times are agreed. The workspace's, unless given.")
    ] = None


class AppointmentUpdate(Schema):
    client_id: UUID = Field(default_factory=absent)
    practitioner_id: UUID = Field(default_factory=absent)
    scheduled_start: Time = Field(default_factory=absent)
    scheduled_end: Time = Field(default_factory=absent)
    location_type: LocationType = Field(default_factory=absent)
    location_id: UUID | None = None
    location_details: Text | None = None
    service_id: UUID | None = None
    notes: Text | None = None
    status: AppointmentStatus = Field(default_factory=absent)
    payment_price: Price | None = None
    payment_status: Annotated[PaymentStatus, Field(description="When it becomes paid, paid_at is now unless given.")] = Field(
        default_factory=absent
    )
    payment_method: PaymentMethod | None = None
    payment_notes: Text | None = None
    paid_at: Time | None = None
    change_reason: Annotated[Text | None, Field(description="Needed to change the times of a completed appointment.")] = None
    overbooking_reason: OverbookingReason = None
    time_zone: Text100 = Field(default_factory=absent)


class AppointmentDeletion(Schema):
    reason: Text | None = None
    session_note_action: Annotated[
        Literal["keep", "delete"] | None,
        Field(description="What becomes of the note that documents the appointment; needed if there is one."),
    ] = None
    deletion_reason: Annotated[Text5000 | None, Field(description="Of the note; the reason, unless given.")] = None


class CancellationDecline(Schema):
    tell_client: Annotated[
        bool | None,
        Field(
            description="Whether the client is mailed that the appointment stays. As the reminders' policy says (tell_declined), unless given."
        ),
    ] = None


class Appointment(Schema):
    id: UUID
    workspace_id: UUID
    client_id: UUID
    practitioner_id: UUID
    series_id: UUID | None
    scheduled_start: Time
    scheduled_end: Time
    location_type: LocationType
    location_id: UUID | None
    location_details: str | None
    service_id: UUID | None
    status: AppointmentStatus
    notes: str | None
    overbooked: bool
    overbooking_reason: Annotated[str | None, Field(description="Why, where somebody said so. Of what is overbooked alone.")]
    time_zone: Annotated[
        str | None,
        Field(
            description="On its clocks the times are agreed: when its rules change, the appointment moves. null where nobody has said so."
        ),
    ]
    version: int
    edited_at: Time | None
    edit_count: int
    client: ClientSummary | None
    cancelled_at: Time | None
    confirmed_at: Annotated[Time | None, Field(description="The client has said by a link in a reminder that they come at this time.")]
    cancellation_asked_at: Annotated[
        Time | None,
        Field(
            description="The client has said by such a link that they cannot come, and the practice wants to be asked: "
            "cancelling the appointment accepts it. null again when it is moved, closed or declined."
        ),
    ]
    payment_price: Annotated[str | None, Field(description="A decimal number; that of the service, unless changed.")]
    payment_status: PaymentStatus
    payment_method: PaymentMethod | None
    payment_notes: str | None
    paid_at: Time | None
    change_reason: Annotated[str | None, Field(description="Why the times were changed after it was completed.")]
    created_at: Time
    updated_at: Time


class AppointmentPage(Page):
    items: list[Appointment]


class AppointmentQuery(PageQuery):
    start_date: TimeOrDay | None = None
    end_date: TimeOrDay | None = None
    client_id: UUID | None = None
    practitioner_id: UUID | None = None
    status: AppointmentStatus | None = None
    cancellation_asked: Annotated[
        bool, Field(description="true: those alone whose clients ask to cancel them and wait for an answer, past ones included.")
    ] = False
    sort: Annotated[Literal["scheduled_start"] | None, Field(description="scheduled_start: earliest first.")] = None


class AppointmentChange(Schema):
    version: Annotated[int, Field(description="Of the appointment, as the change made it.")]
    changed_at: Time
    changed_by: Annotated[UUID, Field(description="The client, for what they have answered by a link in a reminder.")]
    changes: Annotated[
        JsonObject,
        Field(description='By member: `{"status": {"before": "scheduled", "after": "completed"}}`. Of texts neither value is told.'),
    ]


class ConflictQuery(Schema):
    scheduled_start: QueryTime
    scheduled_end: QueryTime
    practitioner_id: Annotated[UUID | None, Field(description="That of the excluded appointment, or the caller, unless given.")] = None
    service_id: Annotated[
        UUID | None, Field(description="Its buffers are looked at too; those of the excluded appointment's service, unless given.")
    ] = None
    location_id: Annotated[
        UUID | None,
        Field(description="Where this is a room, whether it is free too; the location of the excluded appointment, unless given."),
    ] = None
    exclude_appointment_id: UUID | None = None


class Conflict(Schema):
    id: UUID
    scheduled_start: Time
    scheduled_end: Time
    client_initials: str
    location_type: Annotated[str, Field(description="Empty for what is no appointment.")]
    status: Annotated[str, Field(description="That of the appointment; `hold` or `time_off` for what is no appointment.")]


class ConflictCheck(Schema):
    has_conflict: bool
    conflicting_appointments: list[Conflict]
