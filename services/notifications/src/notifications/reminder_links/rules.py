"""What a link in a reminder can still do. Pure functions."""

from datetime import datetime

from chassis.errors import Conflict, NotFound


def unknown_link() -> NotFound:
    """Also for a link of an erased client, and for one that is too old: nobody learns that there was one."""
    return NotFound("reminder_link_unknown", "There is no such link, or it is too old.")


def is_open(status: str, starts_at: datetime, announced: datetime, *, now: datetime) -> bool:
    """Whether the appointment is still to take place at the time that the mail has announced."""
    return status == "scheduled" and starts_at == announced and now < starts_at


def waits(*, cancelled_at: datetime | None, declined_at: datetime | None) -> bool:
    """Whether the client has said that they cannot come, and the practice has not answered that the appointment stays."""
    return cancelled_at is not None and declined_at is None


def is_answered(answer: str, *, confirmed_at: datetime | None, cancelled_at: datetime | None, declined_at: datetime | None) -> bool:
    """Whether the link has been used for this already. Nobody confirms what they have cancelled, unless the practice has declined it."""
    return waits(cancelled_at=cancelled_at, declined_at=declined_at) or (answer == "confirm" and confirmed_at is not None)


def check_open(*, is_open: bool) -> None:
    """Raises Conflict where there is nothing left to confirm or cancel."""
    if not is_open:
        raise Conflict("appointment_over", "This appointment was moved or cancelled, or has begun.")
