"""The ids of mails that there must be once."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5


def of_day(user_id: UUID, kind: str, day: date) -> UUID:
    """Of a daily mail."""
    return uuid5(_plain(user_id), f"{kind} {day.isoformat()}")


def of_appointment_soon(user_id: UUID, appointment_id: UUID | str, starts_at: datetime) -> UUID:
    """Of the mail that says that an appointment is about to begin at this time."""
    return uuid5(_plain(user_id), f"appointment_soon {appointment_id} {starts_at.astimezone(UTC).isoformat()}")


def _plain(user_id: UUID) -> UUID:
    return UUID(str(user_id))
