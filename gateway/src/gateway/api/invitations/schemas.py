"""Invitations of users who were added."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.fields import Schema, Text
from gateway.api.sign_in.schemas import SignedIn


class AcceptQuery(Schema):
    token: Annotated[Text, Field(min_length=1, max_length=512)]


class AcceptedInvitation(SignedIn):
    success: Literal[True]


class SentInvitation(Schema):
    invitation_url: Annotated[
        str, Field(description="Accepts the invitation, as the link in the mail does. Whoever has it signs in as the user.")
    ]
