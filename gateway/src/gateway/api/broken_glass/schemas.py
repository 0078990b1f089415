"""The review of broken glass."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.care_teams.schemas import BreakGlass, Review
from gateway.api.fields import Page, PageQuery, Schema, Text


class BreakGlassPage(Page):
    items: list[BreakGlass]


class BreakGlassQuery(PageQuery):
    review: Review | None = None


class BreakGlassReview(Schema):
    review: Literal["justified", "unjustified"]
    comment: Annotated[Text, Field(max_length=2000)] | None = None
