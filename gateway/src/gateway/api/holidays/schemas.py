"""Days on which nobody of a workspace works."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Day, Name255, Page, PageQuery, Schema, Time


class HolidayCreate(Schema):
    date: Day
    name: Name255


class PublicHolidaysCreate(Schema):
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166, as in DE.")]
    subdivision: Annotated[str | None, Field(min_length=1, max_length=50, description="A part of the country, as in BY.")] = None
    year: Annotated[int, Field(ge=2000, le=2100)]


class HolidayQuery(PageQuery):
    start_date: Day | None = None
    end_date: Annotated[Day | None, Field(description="Included.")] = None


class Holiday(Schema):
    id: UUID
    workspace_id: UUID
    date: Day
    name: str
    country: str | None
    subdivision: str | None
    source_version: Annotated[str | None, Field(description="Of the library that a public holiday was copied from.")]
    created_at: Time


class HolidayPage(Page):
    items: list[Holiday]


class PublicHolidays(Schema):
    added: list[Holiday]
    unchanged: Annotated[list[Holiday], Field(description="There already.")]
    outdated: Annotated[list[Holiday], Field(description="Copied once, and no public holidays any more; delete those that are not wanted.")]
