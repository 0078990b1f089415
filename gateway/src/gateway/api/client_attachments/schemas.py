"""All files of a client."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Schema


class AttachmentChoice(Schema):
    attachment_ids: Annotated[
        list[UUID], Field(min_length=1, max_length=100, description="Files of the client or of their notes, each once.")
    ]
