"""Which notes are valid and when they may change. All faults of a request are reported together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from chassis.errors import Conflict, Fault, Invalid, NotFound, Stale

TEXTS = ("subjective", "objective", "assessment", "plan")
EDITABLE = (*TEXTS, "session_date", "duration_minutes")
MAX_TEXT = 5000
MAX_MINUTES = 480
MAX_EVENTS = 1000
MOST_WORKSPACES = 100
# How long a deleted note can be restored.
DELETION_GRACE = timedelta(days=30)


def check_content(given: Mapping[str, Any]) -> None:
    """Raises Invalid for texts over 5000 characters and durations outside 0 to 480 minutes, with a fault for each."""
    faults = [Fault(f"/{name}", f"must have at most {MAX_TEXT} characters") for name in TEXTS if len(given.get(name) or "") > MAX_TEXT]
    minutes = given.get("duration_minutes")
    if minutes is not None and not 0 <= minutes <= MAX_MINUTES:
        faults.append(Fault("/duration_minutes", f"must be from 0 to {MAX_MINUTES}"))
    if faults:
        raise Invalid("session_invalid", "Some fields of the note are not valid.", faults=faults)


def check_changes(given: Mapping[str, Any]) -> None:
    """Raises Invalid as `check_content` does, and if the date would be cleared."""
    check_content(given)
    if "session_date" in given and given["session_date"] is None:
        raise Invalid("session_date_required", "A note has a date.", faults=[Fault("/session_date", "cannot be cleared")])


def check_dated(*, has_appointment: bool, has_date: bool) -> None:
    """Raises Invalid for a new note with neither a date nor an appointment."""
    if not has_appointment and not has_date:
        raise Invalid(
            "session_date_required",
            "A note needs a date or an appointment.",
            faults=[Fault("/session_date", "is needed where there is no appointment_id")],
        )


def check_same_client(client_id: str, of_appointment: str) -> None:
    """Raises Invalid if the appointment is another client's."""
    if UUID(client_id) != UUID(of_appointment):
        raise Invalid(
            "appointment_of_another_client",
            "The appointment is another client's.",
            faults=[Fault("/appointment_id", "is another client's")],
        )


def check_not_erased(erased_at: datetime | None) -> None:
    """Raises NotFound if the client was erased while the note was being created."""
    if erased_at is not None:
        raise NotFound("not_found", "There is no such client.")


def check_not_deleted(deleted_at: datetime | None) -> None:
    """Raises NotFound if the appointment was deleted while its note was being created."""
    if deleted_at is not None:
        raise NotFound("not_found", "There is no such appointment.")


def check_not_empty(texts: Iterable[str]) -> None:
    """Raises Invalid if none of the texts has a visible character: such a note cannot be signed."""
    if not any(text.strip() for text in texts):
        raise Invalid("session_empty", "A note that says nothing cannot be signed.")


def is_reason_needed(kind: str, settings: Mapping[str, Any]) -> bool:
    """Whether an amendment needs a reason: as the workspace's setting says; without one in hospitals alone."""
    return bool(settings.get("amendment_reason_required", kind == "hospital"))


def check_reason(reason: str, *, is_needed: bool) -> None:
    """Raises Invalid if the reason for an amendment is needed and missing, or too long."""
    if is_needed and not reason.strip():
        raise Invalid(
            "amendment_reason_required",
            "A signed note is amended with a reason.",
            faults=[Fault("/reason", "is needed to amend a signed note")],
        )
    if len(reason) > MAX_TEXT:
        raise Invalid(
            "session_invalid",
            "Some fields of the note are not valid.",
            faults=[Fault("/reason", f"must have at most {MAX_TEXT} characters")],
        )


def check_no_note(note: object | None) -> None:
    """Raises Conflict if an appointment that is to be deleted has a note and nothing was said about it."""
    if note is not None:
        raise Conflict("session_note_exists", "A note documents this appointment: say whether it is to be deleted or kept.")


def check_deletion_reason(reason: str) -> None:
    """Raises Invalid if the reason is too long."""
    if len(reason) > MAX_TEXT:
        raise Invalid("text_too_long", "A text is too long.", faults=[Fault("/reason", f"must have at most {MAX_TEXT} characters")])


def check_draft(status: str) -> None:
    """Raises Conflict if the note is not a draft."""
    if status != "draft":
        raise Conflict("session_finalized", "The note is signed.")


def check_fresh(expected: int | None, version: int) -> None:
    """Raises Stale if the caller expected another version than the current one."""
    if is_stale(expected, version):
        raise Stale("stale_version", "The note has changed since.", facts={"current_version": version})


def seen_version(seen: int, version: int, detached_version: int | None) -> int:
    """The newest version with the content that the caller saw. Losing its appointment raises a note's version and changes no content."""
    return version if version == detached_version == seen + 1 else seen


def is_stale(expected: int | None, version: int) -> bool:
    """Whether the caller expected another version than the current one. None means any version."""
    return expected is not None and expected != version


def statuses(status: str | None, *, is_draft: bool | None) -> frozenset[str]:
    """The statuses that match both filters of a list. Empty if the filters contradict each other."""
    matching = {"draft", "finalized", "archived"} if status is None else {status}
    if is_draft is None:
        return frozenset(matching)
    return frozenset(one for one in matching if (one == "draft") is is_draft)


def timeline_limit(limit: int) -> int:
    """How many timeline events a page has; 0 means 100. Raises Invalid outside 0 to 1000."""
    if not 0 <= limit <= MAX_EVENTS:
        raise Invalid("limit_out_of_range", "There is no such page.", faults=[Fault("/limit", f"must be from 1 to {MAX_EVENTS}")])
    return limit or 100


def timeline_event_id(session_id: UUID, kind: str) -> UUID:
    """The id of a note's timeline event of a kind. It is always the same, so recording the event again updates it."""
    return uuid5(session_id, kind)


def check_workspaces(workspace_ids: Sequence[str]) -> Sequence[str]:
    """The ids. Raises Invalid for more than a page of them."""
    if len(workspace_ids) > MOST_WORKSPACES:
        raise Invalid("too_many_ids", faults=[Fault("/workspace_ids", f"must be {MOST_WORKSPACES} or fewer")])
    return workspace_ids
