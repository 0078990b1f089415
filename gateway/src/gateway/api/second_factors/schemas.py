"""Second factors: one-time passwords by time, and backup codes."""

from typing import Annotated

from pydantic import Field

from gateway.api.fields import Schema, Text

CodeOrBackupCode = Annotated[Text, Field(min_length=6, max_length=8)]


class TotpEnrollment(Schema):
    """`qr_code` is a PNG as a data URI; each of the backup codes is good once, in place of a code."""

    secret: str
    qr_code: str
    backup_codes: list[str]


class TotpConfirmation(Schema):
    code: Annotated[Text, Field(min_length=6, max_length=6)]


class TotpRemoval(Schema):
    totp_code: CodeOrBackupCode


class SecondStep(Schema):
    """`temp_token` is the one of the reply to the first step."""

    temp_token: Annotated[Text, Field(min_length=32, max_length=128)]
    totp_code: CodeOrBackupCode


class Done(Schema):
    success: bool
    message: str
