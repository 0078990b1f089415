"""Whose jobs somebody may see and cancel, and how often one is tried."""

import hmac
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from chassis.backoff import Backoff
from chassis.errors import Conflict, Forbidden, Gone, NotFound

# Whoever manages the workspace sees and cancels everybody's.
_MANAGES = "workspace:write"
# As many workers in a row may come to nothing, by an error or because their process ended.
_MOST_FAILURES = 5
_BACKOFF = Backoff(first=1.0, longest=60.0)
# Until a job is tried again for which something was not there: a service that is being upgraded, a store.
SECONDS_WHILE_AWAY = 15.0
# The same for one of a suspended workspace.
SECONDS_WHILE_SUSPENDED = 60.0
# Of one workspace, waiting or running: each keeps what it has to read.
_MOST_OPEN = 5
# How long a download of a file goes on.
_TICKET_SECONDS = 3600
_EXPIRY_BYTES = 8
_OVER = {"done": "It is done.", "failed": "It has failed."}


# What nobody else makes of these parts.
Mac = Callable[..., bytes]


class Ended(Exception):
    """The job goes no further in this worker."""


class Suspended(Ended):
    """It waits: its workspace is suspended."""


def sees_all(scopes: Collection[str]) -> bool:
    return _MANAGES in scopes


def may_see(created_by: UUID, user_id: UUID, scopes: Collection[str]) -> bool:
    return created_by == user_id or sees_all(scopes)


def check_can_be_cancelled(status: str) -> None:
    """Raises Conflict for a job that has ended otherwise. One that was cancelled may be cancelled again."""
    if status in _OVER:
        raise Conflict("job_over", _OVER[status], facts={"status": status})


def check_may_be_cancelled(*, is_decided: bool) -> None:
    """Raises Conflict for a job that only carries out what was decided."""
    if is_decided:
        raise Conflict("job_decided", "What this job carries out has been decided, and has begun.")


def check_number(unfinished: int) -> None:
    if unfinished >= _MOST_OPEN:
        raise Conflict("too_many_jobs", "Several jobs of the workspace are not over yet; wait for one of them, or cancel it.")


def is_given_up(failures: int) -> bool:
    """Whether a job is not tried again after so many failures in a row."""
    return failures > _MOST_FAILURES


def pause_after(failures: int) -> float:
    """Seconds until the next attempt."""
    return _BACKOFF.delay(failures)


def check_standing(*, workspace_is_active: bool, is_permitted: bool) -> None:
    """Raises Suspended while the workspace is suspended, Forbidden for whoever may not order such a job any more."""
    if not workspace_is_active:
        raise Suspended
    if not is_permitted:
        raise not_permitted()


def not_permitted() -> Forbidden:
    return Forbidden("job_not_permitted", "Whoever has ordered this is no longer active here, or may not do it any more.")


def has_file(status: str, expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether the file of a job of this status can be had."""
    return status == "done" and expires_at is not None and now < expires_at


def check_file(status: str, expires_at: datetime | None, *, is_kept: bool, now: datetime) -> None:
    """Raises Conflict for a job that has made no file, Gone when the file has expired."""
    if status != "done" or expires_at is None:
        raise Conflict("job_without_file", "This has made no file.", facts={"status": status})
    if not is_kept or not has_file(status, expires_at, now=now):
        raise Gone("job_file_expired", "The file was kept for some days, and is deleted; order it once more.")


def check_reader(scopes: Collection[str], *, needs: str, is_anothers: bool) -> None:
    """Raises Forbidden for whoever could not order such a job, and for a file that is another user's alone."""
    if needs not in scopes:
        raise Forbidden("permission_denied", "Your role does not permit this.")
    if is_anothers:
        raise Forbidden("permission_denied", "What is in this file depends on who has ordered it: order one of your own.")


def ticket(mac: Mac, user_id: UUID, job_id: UUID, now: float) -> bytes:
    """Says that this user's download of the job's file is on record, for an hour from `now` (seconds since 1970)."""
    return _ticket(mac, user_id, job_id, (int(now) + _TICKET_SECONDS).to_bytes(_EXPIRY_BYTES, "big"))


def check_ticket(given: bytes, mac: Mac, user_id: UUID, job_id: UUID, now: float) -> None:
    """Raises NotFound for the ticket of another user or job, and for one that has expired."""
    expiry = given[:_EXPIRY_BYTES]
    if not hmac.compare_digest(given, _ticket(mac, user_id, job_id, expiry)) or int.from_bytes(expiry, "big") <= now:
        raise NotFound("not_found", "There is no such file.")


def _ticket(mac: Mac, user_id: UUID, job_id: UUID, expiry: bytes) -> bytes:
    return expiry + mac(b"ticket to read what a job has made", user_id.bytes, job_id.bytes, expiry)
