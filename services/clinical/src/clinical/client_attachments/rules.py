"""Which of a client's files can be had at once."""

import hmac
from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from chassis.errors import Fault, Invalid, NotFound

MOST_AT_ONCE = 100
# All of them together.
MOST_BYTES_AT_ONCE = 100 * 1024 * 1024
# Of a file, in one reply.
LARGEST_PIECE = 1024 * 1024
# Longer than an archive of a hundred megabytes takes.
TICKET_SECONDS = 3600
_EXPIRY_BYTES = 8

# What nobody else makes of these parts.
Mac = Callable[..., bytes]


def check_choice(wanted: Sequence[UUID]) -> None:
    """Raises Invalid for no file, for more than a hundred, and for one twice."""
    if not 1 <= len(wanted) <= MOST_AT_ONCE or len(set(wanted)) != len(wanted):
        fault = Fault("/attachment_ids", f"must be 1 to {MOST_AT_ONCE} different files")
        raise Invalid("choice_invalid", "These files cannot be had at once.", faults=[fault])


def check_found(wanted: Sequence[UUID], found: Collection[UUID]) -> None:
    """Raises NotFound unless every file is the client's."""
    if not set(wanted) <= set(found):
        raise NotFound("not_found", "There is no such file.")


def check_together(sizes: Iterable[int]) -> None:
    """Raises Invalid for files that are too large together; before an export is on record that nobody gets."""
    if sum(sizes) > MOST_BYTES_AT_ONCE:
        raise Invalid("files_too_large", "These files are too large together.", facts={"limit_bytes": MOST_BYTES_AT_ONCE})


def piece(offset: int, limit: int) -> tuple[int, int]:
    """Where a piece begins, and how many bytes it has at most."""
    return max(offset, 0), min(limit, LARGEST_PIECE) if limit > 0 else LARGEST_PIECE


def ticket(mac: Mac, user_id: UUID, attachment_id: UUID, now: float) -> bytes:
    """Says that this user's export of the file is on record, for an hour from `now` (seconds since 1970)."""
    return _ticket(mac, user_id, attachment_id, (int(now) + TICKET_SECONDS).to_bytes(_EXPIRY_BYTES, "big"))


def check_ticket(given: bytes, mac: Mac, user_id: UUID, attachment_id: UUID, now: float) -> None:
    """Raises NotFound for the ticket of another user or file, and for one that has expired."""
    expiry = given[:_EXPIRY_BYTES]
    if not hmac.compare_digest(given, _ticket(mac, user_id, attachment_id, expiry)) or int.from_bytes(expiry, "big") <= now:
        raise NotFound("not_found", "There is no such file.")


def _ticket(mac: Mac, user_id: UUID, attachment_id: UUID, expiry: bytes) -> bytes:
    return expiry + mac(b"ticket to read a file", user_id.bytes, attachment_id.bytes, expiry)
