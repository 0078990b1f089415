"""What a device sends of its queue, and what became of each item."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Schema, Text100, Time

SyncText = Annotated[
    str | None,
    Field(description="Up to 100,000 characters; what is longer than a note's text (5,000) goes on in conflict copies."),
]


class SyncItem(Schema):
    """What the note says on the device. A text that is left out stays as it is; null clears it."""

    client_session_id: Annotated[
        Text100,
        Field(
            min_length=1, description="The device's own id of the note, the same each time; or the note's `id`, where the device knows it."
        ),
    ]
    client_id: UUID
    appointment_id: UUID | None = None
    base_version: Annotated[
        Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)] | None,
        Field(description="The version of the note that the text goes on from; left out where the device has seen none."),
    ] = None
    subjective: SyncText = None
    objective: SyncText = None
    assessment: SyncText = None
    plan: SyncText = None
    session_date: Annotated[
        Time | None,
        Field(
            description="The note's date. Left out, an existing note keeps its own; a new one has the appointment's start, or else created_at_client."
        ),
    ] = None
    created_at_client: Annotated[
        Time,
        Field(
            description="When this text was written, by the device's clock: of one device's own texts of a note the later one replaces the earlier."
        ),
    ]


class SyncRequest(Schema):
    sessions: Annotated[list[SyncItem], Field(min_length=1, max_length=100)]


class SyncedItem(Schema):
    client_session_id: str
    server_session_id: Annotated[UUID | None, Field(description="The note; null where the item was rejected.")]
    status: Literal["created", "updated", "unchanged", "conflict", "rejected"]
    error: Annotated[str | None, Field(description="A sentence for the person, of anything but a plain success.")]
    conflict_session_id: Annotated[
        UUID | None,
        Field(description="The conflict copy that has the text; of a text that is too long, the first of the copies in which it goes on."),
    ]
    code: Annotated[str | None, Field(description="Why it was rejected, as in problems.")]
    flags: Annotated[
        list[
            Literal[
                "appointment_gone",
                "appointment_has_note",
                "appointment_of_another_client",
                "client_inactive",
                "note_says_more",
                "older_than_limit",
                "session_deleted",
                "session_erased",
                "session_finalized",
                "stale_version",
                "text_split",
            ]
        ],
        Field(description="What the person should know of an item that was taken; `error` says each in a sentence."),
    ]
    version: Annotated[
        int | None, Field(description="The version of the note that says what the item does: its next base_version. Null where none does.")
    ]
    content_hash: Annotated[
        str, Field(description="SHA-256 of the item's texts, as lower-case hex: what the device has typed since then is not in the note.")
    ]


class SyncResult(Schema):
    synced_count: Annotated[int, Field(description="Items that were taken: their text is in the note or in a conflict copy.")]
    failed_count: Annotated[int, Field(description="Items that were rejected; nothing of them is kept.")]
    remaining_count: Annotated[int, Field(description="Items without a result, because time was up: they are sent again.")]
    results: Annotated[list[SyncedItem], Field(description="In the order of the items.")]
