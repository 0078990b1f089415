"""Co-signing and returning what a supervisee has signed."""

from typing import Annotated

from pydantic import Field

from gateway.api.fields import Schema, Text5000

ReadHash = Annotated[
    Text5000 | None,
    Field(
        description="The content_hash of the version that was read: 409 `amended_meanwhile` unless it is the newest. If-Match does the same by version."
    ),
]


class Cosigning(Schema):
    comment: Text5000 | None = None
    content_hash: ReadHash = None


class Returning(Schema):
    comment: Annotated[Text5000, Field(min_length=1, description="What is to be changed; the author reads it as cosign_comment.")]
    content_hash: ReadHash = None
