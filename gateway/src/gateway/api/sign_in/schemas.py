"""Credentials, and the reply to a sign-in."""

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.fields import Email, Schema, Text
from gateway.api.users.schemas import User

Password = Annotated[Text, Field(min_length=1, max_length=1024)]


class MagicLinkRequest(Schema):
    email: Email


class VerifyMagicLinkRequest(Schema):
    token: Annotated[Text, Field(min_length=1, max_length=512)]


class LoginRequest(Schema):
    email: Email
    password: Password


class PasswordChange(Schema):
    """Somebody who has no password yet sets the first one without `current_password`."""

    current_password: Password | None = None
    new_password: Password


class ForgottenPassword(Schema):
    email: Email


class PasswordReset(Schema):
    token: Annotated[Text, Field(min_length=1, max_length=512)]
    new_password: Password


class SignedIn(Schema):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    user: User


class TwoFactorNeeded(Schema):
    """The first step was right. The second one takes this token: POST /auth/verify-2fa for `totp`, /auth/passkeys/sign-in for `passkey`."""

    requires_2fa: Literal[True]
    temp_token: Annotated[str, Field(min_length=32, max_length=128)]
    methods: list[Literal["totp", "passkey"]]
