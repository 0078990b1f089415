"""For how long the audit trail is kept."""

from typing import Annotated

from pydantic import Field

from gateway.api.fields import Schema

Years = Annotated[int, Field(ge=6, le=30)]


class RetentionPeriod(Schema):
    years: Years


class RetentionUpdate(Schema):
    years: Years
