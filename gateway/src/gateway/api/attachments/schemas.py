"""Files of a session note."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Schema, Text, Time


class Attachment(Schema):
    id: UUID
    session_id: UUID | None
    client_id: UUID
    workspace_id: UUID
    file_name: str
    file_type: Annotated[str, Field(description="image/jpeg, image/png or application/pdf.")]
    file_size_bytes: int
    status: Literal["scanning", "ready", "rejected"]
    created_at: Time
    session_date: Time | None
    is_session_file: bool
    scanned_at: Annotated[
        Time | None, Field(description="When a malware scanner found nothing in it. Null if it was checked for active content alone.")
    ]


class AttachmentList(Schema):
    items: list[Attachment]
    total: int


class AttachmentWithDownload(Attachment):
    download_url: Annotated[
        str | None, Field(description="Null until the file has been checked, and for one that the file store has lost or cut off.")
    ]
    expires_at: Time | None


class AttachmentRename(Schema):
    file_name: Annotated[Text, Field(min_length=1, max_length=255)]


class DownloadQuery(Schema):
    expires_in_minutes: Annotated[int, Field(ge=1, le=60)] = 15
    disposition: Annotated[Literal["inline", "attachment"], Field(description="Whether a browser shows the file or saves it.")] = "inline"


class Download(Schema):
    download_url: str
    expires_at: Time
    expires_in_seconds: int
