"""The people of a workspace."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.api_keys.schemas import ApiKey
from gateway.api.appointments.schemas import Appointment
from gateway.api.fields import Email, JsonObject, Page, PageQuery, Schema, Search, Text, Text100, Time, absent

Role = Literal["owner", "assistant", "therapist", "operator", "doctor", "nurse", "head_doctor", "admin"]
ShiftSchedule = Annotated[
    JsonObject,
    Field(description='By day, in the workspace\'s time zone: `{"mon": [{"start": "22:00", "end": "06:00"}]}`, which ends on Tuesday.'),
]
FullName = Annotated[Text, Field(min_length=2, max_length=100)]


class User(Schema):
    id: UUID
    workspace_id: UUID
    email: Email
    full_name: str
    role: Role
    is_active: bool
    is_platform_admin: bool
    department_id: UUID | None
    supervisor_id: UUID | None
    license_number: str | None
    specialization: str | None
    shift_schedule: ShiftSchedule | None
    two_factor_enabled: Annotated[bool, Field(description="Whether the person has an authenticator.")]
    has_passkey: Annotated[bool, Field(description="Whether the person has a passkey, which is a second factor too.")]
    is_locked: bool
    locked_until: Time | None
    last_login_at: Time | None
    created_at: Time
    updated_at: Time


class DeactivatedUser(User):
    future_appointments: Annotated[
        list[Appointment] | None,
        Field(description="The first hundred that are scheduled, earliest first; null for a caller who may not read appointments."),
    ]
    future_appointment_count: int | None
    api_keys: Annotated[
        list[ApiKey] | None,
        Field(description="The keys that the user made, which stay good until they are deleted; null for a caller who may not see keys."),
    ]


class UserPage(Page):
    items: list[User]


class UserQuery(PageQuery):
    search: Annotated[Search, Field(description="Up to eight words, each a part of the name or of the e-mail address, in any order.")] = (
        None
    )
    role: Role | None = None
    department_id: UUID | None = None
    is_active: bool | None = None


class RemovalQuery(Schema):
    reason: Literal["device_lost", "device_stolen", "other"] | None = None


class UserCreate(Schema):
    email: Email
    full_name: FullName
    role: Role
    department_id: UUID | None = None
    supervisor_id: UUID | None = None
    license_number: Text100 | None = None
    specialization: Text100 | None = None
    shift_schedule: ShiftSchedule | None = None


class UserUpdate(Schema):
    full_name: FullName = Field(default_factory=absent)
    department_id: UUID | None = None
    supervisor_id: UUID | None = None
    license_number: Text100 | None = None
    specialization: Text100 | None = None
    shift_schedule: ShiftSchedule | None = None


class RoleChange(Schema):
    role: Role
