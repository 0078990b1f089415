"""Who has to co-sign what, and until when. Pure functions."""

from datetime import UTC, datetime, timedelta
from uuid import UUID


def is_needed(signer: UUID, supervisor: UUID | None, *, is_supervised: bool, waited_for: UUID | None) -> bool:
    """Whether a signature needs a co-signature: that of somebody supervised does, and so does one of anybody on a supervised note.

    But not that of whom the note waited for: they have signed all of it themselves.
    """
    return supervisor is not None or (is_supervised and signer != waited_for)


def due_at(signed_at: datetime, hours: int) -> datetime:
    """Until when a note is to be co-signed: so many hours later, whatever clocks are put forward or back meanwhile. UTC."""
    return signed_at.astimezone(UTC) + timedelta(hours=hours)
