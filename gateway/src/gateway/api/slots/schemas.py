"""When practitioners are free."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Schema, Time, TimeOrDay


class SlotQuery(Schema):
    practitioner_id: Annotated[UUID | None, Field(description="The caller, unless it is given.")] = None
    service_id: Annotated[UUID | None, Field(description="Its duration and its buffers.")] = None
    since: Annotated[TimeOrDay, Field(alias="from")]
    until: Annotated[TimeOrDay, Field(alias="to", description="At most 42 days later. A date includes its whole day.")]
    duration_minutes: Annotated[
        int | None, Field(ge=1, le=1440, description="Instead of the service's; 60 without a service, unless it is given.")
    ] = None


class Slot(Schema):
    practitioner_id: UUID
    start: Time
    end: Time
