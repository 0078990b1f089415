"""Clients who may be one person."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.clients.schemas import ClientSummary
from gateway.api.fields import Page, Schema

Reason = Literal["same_name", "similar_name", "same_birth_date", "same_email", "same_phone"]


class DuplicateGroup(Schema):
    clients: list[ClientSummary]
    score: Annotated[
        float, Field(description="How likely they are one person, from 0 to 1; that of the least likely pair among more than two.")
    ]
    reasons: list[Reason]


class DuplicateGroups(Page):
    groups: list[DuplicateGroup]
