"""What the trail says of a time as a whole."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Day, Schema, Time, TimeOrDay

_Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Role = Annotated[str | None, Field(description="Today's; null of API keys, services and whoever is no user here.")]
UserId = Annotated[UUID | None, Field(description="Null of what services did by themselves.")]


class ComplianceQuery(Schema):
    start_date: Annotated[TimeOrDay | None, Field(description="30 days before the end, unless it is given.")] = None
    end_date: Annotated[TimeOrDay | None, Field(description="At most 366 days later; now, unless it is given.")] = None


class OfficeHours(Schema):
    """In the workspace's time zone; 1 is Monday."""

    start: _Clock
    end: _Clock
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]


class UserAccess(Schema):
    user_id: UserId
    role: Role
    events: int
    reads: int
    changes: int
    exports: int


class RoleAccess(Schema):
    role: Role
    users: int
    events: int
    reads: int
    changes: int
    exports: int


class ClientAccess(Schema):
    client_id: UUID
    events: int
    users: int


class Access(Schema):
    """What succeeded, of resources that may hold PHI. Lists have those with most events first: up to 500 users and 100 clients."""

    events: int
    by_user: list[UserAccess]
    by_role: list[RoleAccess]
    by_client: list[ClientAccess]


class UserCount(Schema):
    user_id: UserId
    role: Role
    events: int


class CodeCount(Schema):
    code: str
    events: int


class TypeCount(Schema):
    event_type: str
    events: int


class Refused(Schema):
    events: int
    by_code: list[CodeCount]
    by_user: list[UserCount]


class Counted(Schema):
    events: int
    by_type: list[TypeCount]
    by_user: list[UserCount]


class AfterHours(Schema):
    """Accesses of people and API keys outside of `office_hours`."""

    office_hours: OfficeHours
    events: int
    by_user: list[UserCount]


class BreakGlassUse(Schema):
    uses: int
    by_user: list[UserCount]
    justified: Annotated[int, Field(description="Reviews in this time, whenever the glass was broken.")]
    unjustified: int


class ChainState(Schema):
    """As GET /audit/verify tells it, of the whole trail."""

    intact: bool
    events: int
    head: str
    first_break: int | None


class RetentionState(Schema):
    years: int
    oldest_event_at: Time | None


class UnusualDay(Schema):
    user_id: UUID
    role: Role
    day: Day
    events: int


class UnusualDays(Schema):
    threshold: Annotated[int, Field(description="More accesses than so many by one person on one day are unusual.")]
    is_learnt: Annotated[bool, Field(description="Whether it was learnt from the past; otherwise it is the least that a threshold may be.")]
    days_seen: Annotated[int, Field(description="Days of one person each, from which it was learnt.")]
    days: Annotated[list[UnusualDay], Field(description="Those with most events first, up to 100.")]


class Unusual(Schema):
    """Days on which somebody did more than almost anybody did on almost any day of the workspace's own past."""

    past_days: Annotated[int, Field(description="So many days before the time of the report.")]
    percentile: Annotated[int, Field(description="Of days with any access, so many in a hundred lie at or below the threshold.")]
    bulk_access: UnusualDays
    after_hours: UnusualDays


class ComplianceReport(Schema):
    start_date: Time
    end_date: Annotated[Time, Field(description="Exclusive.")]
    time_zone: str
    events: Annotated[int, Field(description="All of the time.")]
    access: Access
    denials: Annotated[Refused, Field(description="Calls that were refused for want of a permission.")]
    failed_sign_ins: Refused
    after_hours: AfterHours
    break_glass: BreakGlassUse
    exports: Counted
    permission_changes: Annotated[Counted, Field(description="What changed what somebody may do.")]
    chain: ChainState
    retention: RetentionState
    unusual: Unusual
