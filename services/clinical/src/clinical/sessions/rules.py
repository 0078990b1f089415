"""What a note may say and when it may change. All of a form is judged at once, so that it can be mended in one go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from chassis.errors import Conflict, Fault, Invalid, NotFound, Stale

TEXTS = ("subjective", "objective", "assessment", "plan")
EDITABLE = (*TEXTS, "session_date", "duration_minutes")
LONGEST_TEXT = 5000
LONGEST_MINUTES = 480
MOST_ENTRIES = 1000


def check_content(given: Mapping[str, Any]) -> None:
    """Refuses texts over 5000 characters and durations outside 0 to 480 minutes, naming every one."""
    faults = [
        Fault(f"/{name}", f"must have at most {LONGEST_TEXT} characters") for name in TEXTS if len(given.get(name) or "") > LONGEST_TEXT
    ]
    minutes = given.get("duration_minutes")
    if minutes is not None and not 0 <= minutes <= LONGEST_MINUTES:
        faults.append(Fault("/duration_minutes", f"must be from 0 to {LONGEST_MINUTES}"))
    if faults:
        raise Invalid("session_invalid", "The note is not as it can be.", faults=faults)


def check_changes(given: Mapping[str, Any]) -> None:
    """Refuses what a note cannot be changed to: `check_content`, and a note keeps a date."""
    check_content(given)
    if "session_date" in given and given["session_date"] is None:
        raise Invalid("session_date_required", "A note has a date.", faults=[Fault("/session_date", "cannot be cleared")])


def check_dated(*, has_appointment: bool, has_date: bool) -> None:
    """Refuses a new note that neither says when it was nor which appointment it is of."""
    if not has_appointment and not has_date:
        raise Invalid(
            "session_date_required",
            "A note needs a date or an appointment.",
            faults=[Fault("/session_date", "is needed where there is no appointment_id")],
        )


def check_same_client(client_id: str, of_appointment: str) -> None:
    """Refuses an appointment of somebody else."""
    if UUID(client_id) != UUID(of_appointment):
        raise Invalid(
            "appointment_of_another_client",
            "The appointment is another client's.",
            faults=[Fault("/appointment_id", "is another client's")],
        )


def check_not_erased(erased_at: datetime | None) -> None:
    """Refuses a note of a client who was erased while it was being written."""
    if erased_at is not None:
        raise NotFound("not_found", "There is no such client.")


def check_not_empty(texts: Iterable[str]) -> None:
    """Refuses to sign a note that says nothing."""
    if not any(text.strip() for text in texts):
        raise Invalid("session_empty", "A note that says nothing cannot be signed.")


def check_reason(reason: str) -> None:
    """Refuses to amend a signed note without saying why."""
    if not reason.strip():
        raise Invalid(
            "amendment_reason_required",
            "A signed note is amended with a reason.",
            faults=[Fault("/reason", "is needed to amend a signed note")],
        )
    if len(reason) > LONGEST_TEXT:
        raise Invalid(
            "session_invalid", "The note is not as it can be.", faults=[Fault("/reason", f"must have at most {LONGEST_TEXT} characters")]
        )


def check_draft(status: str) -> None:
    """Refuses what may be done to a draft alone."""
    if status != "draft":
        raise Conflict("session_finalized", "The note is signed.")


def check_fresh(expected: int | None, version: int) -> None:
    """Refuses (Stale) somebody who had not seen the note as it stands."""
    if is_stale(expected, version):
        raise Stale("stale_version", "The note has changed since.", facts={"current_version": version})


def is_stale(expected: int | None, version: int) -> bool:
    """Whether the writer saw another version than the one that stands; who names none saw this one."""
    return expected is not None and expected != version


def statuses(status: str | None, *, is_draft: bool | None) -> frozenset[str]:
    """The statuses that pass both filters of a list; none where they contradict."""
    wanted = {"draft", "finalized", "archived"} if status is None else {status}
    if is_draft is None:
        return frozenset(wanted)
    return frozenset(one for one in wanted if (one == "draft") is is_draft)


def entries(limit: int) -> int:
    """How many entries of a history are told; 0 asks for 100."""
    if not 0 <= limit <= MOST_ENTRIES:
        raise Invalid("limit_out_of_range", "There is no such page.", faults=[Fault("/limit", f"must be from 1 to {MOST_ENTRIES}")])
    return limit or 100


def entry_id(session_id: UUID, kind: str) -> UUID:
    """The id of what a history tells of a note: the same whenever the same is told."""
    return uuid5(session_id, kind)
