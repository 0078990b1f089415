"""What proves who somebody is, and what they get for it."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.fields import Email, Shape, Text
from gateway.api.users.schemas import User


class MagicLinkRequest(Shape):
    email: Email


class TokenProof(Shape):
    token: Annotated[Text, Field(min_length=1, max_length=512)]


class PasswordProof(Shape):
    email: Email
    password: Annotated[Text, Field(min_length=1, max_length=1024)]


class PasswordChange(Shape):
    current_password: Annotated[Text, Field(min_length=1, max_length=1024)]
    new_password: Annotated[Text, Field(min_length=1, max_length=1024)]


class SignedIn(Shape):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    user: User
