"""Which webhooks are accepted, how messages are signed (Standard Webhooks), and when they are sent again. Pure functions."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from chassis.errors import Conflict, Fault, Invalid

# Whatever a webhook can be told of, and when it is. docs/front-end.md says what their messages hold.
EVENT_TYPES = (
    "appointment.booked",
    "appointment.moved",
    "appointment.confirmed",
    "appointment.cancellation_asked",
    "appointment.cancellation_declined",
    "appointment.cancelled",
    "appointment.completed",
    "appointment.no_show",
    "session.finalized",
    "client.created",
    "client.changed",
    "client.erased",
    "alert.escalated",
)
MOST_WEBHOOKS = 10
# For so long two secrets sign.
OVERLAP = timedelta(hours=24)
# How long a delivery is tried.
PATIENCE = timedelta(hours=72)

SECRET_BYTES = 32
_SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
# Seconds between attempts. The last one is when patience ends.
_PAUSES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
_LONGEST_RETRY_AFTER = timedelta(hours=6)
# A receiver that has failed this many times in a row is asked one message at a time, with pauses in between.
_FAILURES_UNTIL_REST = 3
_FIRST_REST, _LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)


def check_webhook(url: str, event_types: Sequence[str], *, takes: Callable[[str], bool]) -> list[str]:
    """The event types, each once and in the order of EVENT_TYPES. Raises Invalid with a fault for every wrong field."""
    faults = []
    if not takes(url):
        faults.append(
            Fault("/url", "must be a public https address of at most 512 ASCII characters, without user name, password and fragment")
        )
    if not event_types:
        faults.append(Fault("/event_types", "must name at least one event type"))
    faults += [Fault(f"/event_types/{index}", "is no event type") for index, each in enumerate(event_types) if each not in EVENT_TYPES]
    if faults:
        raise Invalid("webhook_invalid", "This webhook cannot be made.", faults=faults)
    return [each for each in EVENT_TYPES if each in event_types]


def check_number(webhooks: int) -> None:
    """Raise Conflict if the workspace has as many webhooks as it may."""
    if webhooks >= MOST_WEBHOOKS:
        raise Conflict("too_many_webhooks", f"A workspace has at most {MOST_WEBHOOKS} webhooks.")


def check_active(*, is_active: bool) -> None:
    """Raise Conflict for a webhook that was disabled."""
    if not is_active:
        raise Conflict("webhook_disabled", "The webhook was disabled. Enable it first.")


def check_may_rotate(former_until: datetime | None, *, now: datetime) -> None:
    """Raise Conflict while two secrets are good: a third one would make the one useless that a receiver holds."""
    if former_until is not None and now < former_until:
        raise Conflict(
            "secret_rotated_lately", f"The former secret is good until {former_until:%Y-%m-%d %H:%M} UTC. Rotate again after that."
        )


def secret_of(random: bytes) -> str:
    """Random bytes as Standard Webhooks writes secrets."""
    return _SECRET_PREFIX + b64encode(random).decode()


def signature(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: one signature for each secret."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = (b64decode(secret.removeprefix(_SECRET_PREFIX)) for secret in secrets)
    return " ".join("v1," + b64encode(hmac.digest(key, signed, sha256)).decode() for key in keys)


def is_success(status: int) -> bool:
    return 200 <= status < 300


def is_gone(status: int | None) -> bool:
    """Whether the receiver wants no message any more."""
    return status == 410


def retry_after(header: str | None, *, now: datetime) -> timedelta | None:
    """The pause that a receiver asks for (RFC 9110, 10.2.3), up to six hours; None for none, and for what is not understood."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        pause = timedelta(seconds=int(text))
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        pause = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(pause, timedelta()), _LONGEST_RETRY_AFTER)


def next_attempt_at(attempts: int, *, now: datetime, give_up_at: datetime, asked: timedelta | None = None) -> datetime | None:
    """When to try again after this many attempts, `asked` being the pause that the receiver has asked for. None if patience has ended."""
    if now >= give_up_at:
        return None
    pause = timedelta(seconds=_PAUSES[min(attempts, len(_PAUSES)) - 1])
    return min(now + max(pause, asked or timedelta()), give_up_at)


def rests_until(failures: int, *, now: datetime, asked: timedelta | None = None) -> datetime | None:
    """Until when a receiver is sent nothing, after this many failures in a row."""
    rest = asked or timedelta()
    if failures >= _FAILURES_UNTIL_REST:
        doubled: timedelta = _FIRST_REST * 2 ** min(failures - _FAILURES_UNTIL_REST, 10)
        rest = max(rest, min(doubled, _LONGEST_REST))
    return now + rest if rest else None


def at_once(failures: int, *, most: int) -> int:
    """How many messages a receiver is sent at the same time, after this many failures in a row."""
    return 1 if failures >= _FAILURES_UNTIL_REST else most
