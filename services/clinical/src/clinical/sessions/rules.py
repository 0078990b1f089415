"""Which notes are valid and when they may change. All faults of a request are reported together."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from chassis.errors import Conflict, Fault, Forbidden, Gone, Invalid, NotFound, Stale
from chassis.unicode_forms import normalized

TEXTS = ("subjective", "objective", "assessment", "plan")
EDITABLE = (*TEXTS, "session_date", "duration_minutes")
MAX_TEXT = 5000
MAX_MINUTES = 480
MAX_EVENTS = 1000
# Of one note: whoever verifies or exports it reads all of them.
MOST_VERSIONS = 1000
MOST_WORKSPACES = 100
# How far ahead of now the date of a note may be that is signed: a plan may be signed before its session, and a slip of the pen is not.
MOST_AHEAD = timedelta(days=366)
# What it takes to see all that waits in the workspace, to decide in a supervisor's place, and to take back what others have signed.
OVERSEE = "sessions:oversee"
# Between what two saves typed into one conflict copy.
APART = "\n\n"
# Letters and symbols that show nothing: Hangul fillers and the empty Braille pattern.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


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


def check_not_deleted(deleted_at: datetime | None) -> None:
    """Raises NotFound if the appointment was deleted while its note was being created."""
    if deleted_at is not None:
        raise NotFound("not_found", "There is no such appointment.")


def check_only_note(note: Mapping[str, Any] | None) -> None:
    """Raises Conflict, which names the note that there is, if the appointment has one already."""
    if note is not None:
        raise Conflict("session_already_exists", "This appointment has a note already.", facts={"session_id": str(note["id"])})


def check_not_empty(texts: Iterable[str]) -> None:
    """Raises Invalid if none of the texts has a visible character: such a note cannot be signed."""
    if not any(map(is_visible, "".join(texts))):
        raise Invalid("session_empty", "A note that says nothing cannot be signed.")


def is_visible(sign: str) -> bool:
    """Whether a character shows something by itself: no space, control, format or combining character."""
    return unicodedata.category(sign)[0] not in "CZM" and sign not in _BLANK


def check_not_ahead(session_date: datetime, now: datetime) -> None:
    """Raises Invalid for a date more than a year ahead: such a note can be prepared, and not signed."""
    if session_date > now + MOST_AHEAD:
        raise Invalid(
            "session_in_future",
            "The date of the session is more than a year ahead.",
            faults=[Fault("/session_date", "is more than a year ahead")],
        )


def check_may_sign(scopes: Iterable[str]) -> None:
    """Raises Forbidden for a caller who may write notes and not sign them: an amendment is a signature."""
    if "sessions:sign" not in scopes:
        raise Forbidden("permission_denied", "Your role does not allow this.")


def check_may_restore(status: str, scopes: Iterable[str]) -> None:
    """Raises Forbidden for a signed note and a caller who may not sign: to delete or restore one takes what it takes to sign it."""
    if status != "draft":
        check_may_sign(scopes)


def check_may_delete(note: Mapping[str, Any], versions: int, user_id: UUID, scopes: Collection[str]) -> None:
    """Raises Forbidden as `check_may_restore` and, of a note that was ever signed, as `check_own` do: it is erased with its versions in the end."""
    check_may_restore(note["status"], scopes)
    if versions:
        check_own(note, user_id, scopes)


def check_own(note: Mapping[str, Any], user_id: UUID, scopes: Collection[str]) -> None:
    """Raises Forbidden unless the caller wrote the note, signed it, or oversees the workspace. Who amended it did neither."""
    if OVERSEE not in scopes and user_id not in {note["created_by_user_id"], note["finalized_by_user_id"]}:
        raise Forbidden(
            "signed_by_another", "Somebody else wrote and signed this note. Amend it, or ask them, an owner or an administrator."
        )


def cosign_filter(status: str) -> str:
    """The status, if notes are listed by it: `pending` or `returned`. Raises Invalid for others, which any number of notes has."""
    if status not in {"pending", "returned"}:
        raise Invalid(
            "cosign_status_not_listed",
            "Notes are listed by what somebody is to do with them.",
            faults=[Fault("/cosign_status", "must be pending or returned")],
        )
    return status


def signed_versions(signed: int | None, amendment_count: int, status: str) -> int:
    """How many signed versions a note has. None, of a note that was last signed before they were counted: one more than its amendments."""
    if signed is not None:
        return signed
    return 0 if status == "draft" else amendment_count + 1


def check_room(number: int) -> None:
    """Raises Conflict if this would be a signed version more than a note has."""
    if number > MOST_VERSIONS:
        raise Conflict("too_many_versions", f"A note is signed and amended at most {MOST_VERSIONS:,} times.")


def is_same_text(one: str | None, other: str | None) -> bool:
    """Whether two texts are the same to a reader: how a line's end is written or a letter composed (NFC, NFD) is no difference.

    A text that is empty is the same as none.
    """
    return one == other or _plain(one or "") == _plain(other or "")


def _plain(text: str) -> str:
    return normalized("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def real_changes(changes: Mapping[str, Any], present: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that differ from what is there."""
    return {
        name: value
        for name, value in changes.items()
        if not (is_same_text(value, present[name]) if name in TEXTS else value == present[name])
    }


def gathered(kept: str | None, late: str | None) -> str | None:
    """What a conflict copy says after one more late save from the same version: all that was typed, and nothing of it twice.

    A text that goes on from the other one takes its place. Of two that do not, both stay, one below the other.
    """
    if not late or (kept and goes_on(kept, late)):
        return kept
    if not kept or goes_on(late, kept):
        return late
    return kept if late in kept.split(APART) else f"{kept}{APART}{late}"


def goes_on(longer: str, shorter: str) -> bool:
    """Whether `longer` is `shorter` with something inserted in one place, or the same."""
    if len(shorter) > len(longer):
        return False
    same = next((place for place, (one, other) in enumerate(zip(shorter, longer, strict=False)) if one != other), len(shorter))
    return longer.endswith(shorter[same:])


def check_restorable(permanent_delete_after: datetime, now: datetime) -> None:
    """Raises Gone if the time to restore a deleted note is over."""
    if permanent_delete_after <= now:
        raise erased()


def erased() -> Gone:
    """The refusal to do anything with a note that is erased, or is to be."""
    return Gone("session_erased", "The note was deleted for good.")


def check_deleted(deleted_at: datetime | None) -> None:
    """Raises Conflict if the note is not deleted: only a deleted one is erased."""
    if deleted_at is None:
        raise Conflict("session_not_deleted", "A note is deleted before it is erased.")


def check_signed(status: str) -> None:
    """Raises Conflict if the note is a draft."""
    if status == "draft":
        raise Conflict("session_not_finalized", "The note is not signed.")


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


def signed_for(known: str | None, client_id: UUID, signed_versions: int) -> str | None:
    """For which clients the versions of a note were signed, once it is another client's: those it had so far for `client_id`.

    `known` is what that was before.
    """
    if not signed_versions or (known and int(known.rpartition(":")[2]) >= signed_versions):
        return known
    return f"{known or ''} {client_id}:{signed_versions}".strip()


def signed_client(signed_for: str | None, number: int, client_id: str) -> str:
    """For whom the version of this number was signed. `client_id` is whose the note is now."""
    for each in (signed_for or "").split():
        signed, _, last = each.partition(":")
        if number <= int(last):
            return signed
    return client_id


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


def timeline_event_id(session_id: UUID, kind: str, number: int | None = None) -> UUID:
    """The id of a note's timeline event of a kind, or of its signed version's of this number.

    It is always the same, so recording the event again updates it.
    """
    return uuid5(session_id, kind if number in {None, 1} else f"{kind} {number}")


def check_workspaces(workspace_ids: Sequence[str]) -> Sequence[str]:
    """The ids. Raises Invalid for more than a page of them."""
    if len(workspace_ids) > MOST_WORKSPACES:
        raise Invalid("too_many_ids", faults=[Fault("/workspace_ids", f"must be {MOST_WORKSPACES} or fewer")])
    return workspace_ids
