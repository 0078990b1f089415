"""What becomes of an item that a device sends: pure decisions. No text that somebody typed is given up, or comes back, silently.

Versions decide. A clock orders one device's own items alone, by the device's own time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Fault, Invalid, Unavailable
from clinical.sessions import rules as notes

# Of a device's own id of a note.
LONGEST_ID = 100
# Of one text: what is longer than a note's text goes on in conflict copies.
LONGEST_TEXT = 100_000
# A part of a text ends at the last line or word that ends in so much of it.
_LAST = 500
DEFAULT_OFFLINE_DAYS = 30
# Nothing younger is old in any workspace.
LEAST_OFFLINE = timedelta(days=1)

# What a person should know of an item that was taken.
APPOINTMENT_GONE = "appointment_gone"
APPOINTMENT_OF_ANOTHER_CLIENT = "appointment_of_another_client"
CLIENT_INACTIVE = "client_inactive"
OLDER_THAN_LIMIT = "older_than_limit"
TEXT_SPLIT = "text_split"
NOTE_SAYS_MORE = "note_says_more"
# Why its text is kept in a conflict copy.
APPOINTMENT_HAS_NOTE = "appointment_has_note"
SESSION_DELETED = "session_deleted"
SESSION_ERASED = "session_erased"
SESSION_FINALIZED = "session_finalized"
STALE_VERSION = "stale_version"


def check_history_is_there(*, has_notes: bool) -> None:
    """Raises Unavailable while notes of a client who was merged are still on their way to the survivor: a moment later the item finds its own."""
    if has_notes:
        raise Unavailable("history_is_moving", "This client's history is just being moved; try again.", retry_after=5.0)


class Order(Enum):
    """When an item was written, beside the items of its own device that made the note what it is."""

    EARLIER = "earlier"
    # At the same time as the last one, by the device: nobody can tell.
    UNKNOWN = "unknown"
    LATER = "later"


class Fate(Enum):
    """What becomes of an item's text."""

    SAVED = "updated"
    # The note says all of it already, and maybe more.
    CONTAINED = "unchanged"
    COPIED = "conflict"


def check_item(client_session_id: str, texts: Mapping[str, str | None], *, base_version: int | None, has_time: bool) -> None:
    """Raises Invalid for an item that no note can be made of, with a fault for each field."""
    faults = []
    if not 1 <= len(client_session_id) <= LONGEST_ID:
        faults.append(Fault("/client_session_id", f"must have 1 to {LONGEST_ID} characters"))
    if base_version is not None and base_version < 0:
        faults.append(Fault("/base_version", "must not be negative"))
    if not has_time:
        faults.append(Fault("/created_at_client", "is needed"))
    for name, text in texts.items():
        if len(text or "") > LONGEST_TEXT:
            faults.append(Fault(f"/{name}", f"must have at most {LONGEST_TEXT} characters"))
        if "\x00" in (text or ""):
            faults.append(Fault(f"/{name}", "must not contain the character NUL"))
    if faults:
        raise Invalid("sync_item_invalid", "This item cannot be made a note of.", faults=faults)


def check_same_client(client_id: str, of_note: UUID) -> None:
    """Raises Conflict if the note is another client's: a note stays with its client."""
    if UUID(client_id) != of_note:
        raise Conflict("note_of_another_client", "The note is another client's.")


def in_parts(texts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The texts in parts that a note can hold: the first part of each, then what is left of those that go on, and so on.

    The parts of a text, one after the other, are the text.
    """
    split = {name: _parts(text) if isinstance(text, str) else [text] for name, text in texts.items()}
    most = max(map(len, split.values()), default=1)
    return [{name: parts[number] for name, parts in split.items() if number < len(parts)} for number in range(most)]


def _parts(text: str) -> list[str]:
    parts = []
    while len(text) > notes.MAX_TEXT:
        end = _end_of_part(text)
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text]


def _end_of_part(text: str) -> int:
    for sign in ("\n", " "):
        found = text.rfind(sign, notes.MAX_TEXT - _LAST, notes.MAX_TEXT)
        if found != -1:
            return found + 1
    return notes.MAX_TEXT


def fate(changes: Mapping[str, Any], present: Mapping[str, Any], *, is_draft: bool, is_fresh: bool, own: Order | None) -> Fate:
    """What becomes of an item whose text differs from the note's by `changes`.

    `is_fresh`: the device's text goes on from the note's newest version. `own`: every version since the one it goes on from was made by
    this device's own items of this note, and this one was written before or after those; None where anybody else made one.
    """
    if not changes:
        return Fate.CONTAINED
    if is_draft and (is_fresh or own is Order.LATER):
        return Fate.SAVED
    if is_draft and own is not None and changes.keys() <= set(notes.TEXTS):
        pairs = [(text or "", present[name] or "") for name, text in changes.items()]
        # What was written earlier may have been deleted since, so it never goes on.
        if own is Order.UNKNOWN and all(notes.goes_on(sent, kept) for sent, kept in pairs):
            return Fate.SAVED
        if all(notes.goes_on(kept, sent) for sent, kept in pairs):
            return Fate.CONTAINED
    return Fate.COPIED


def own_order(base_version: int | None, version: int, written_at: datetime, made: Mapping[int, datetime]) -> Order | None:
    """The order of an item among the device's own, `made`: the versions that they made, and when each was written.

    None if somebody else made a version after the item's base, or none was made. Without a base all versions count.
    """
    base = base_version or 0
    if base >= version or not set(range(base + 1, version + 1)) <= made.keys():
        return None
    last = max(made[number] for number in range(base + 1, version + 1))
    if written_at == last:
        return Order.UNKNOWN
    return Order.LATER if written_at > last else Order.EARLIER


def says_the_same(sent: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    """Whether the note's texts are the item's, one by one; a text that the item does not have is empty on its device."""
    return all(notes.is_same_text(sent.get(name), present[name]) for name in notes.TEXTS)


def why_copied(status: str, *, is_deleted: bool, is_new: bool) -> str:
    """The flag of an item whose text is kept in a copy. `is_new`: the device meant to begin the note of an appointment."""
    if is_deleted:
        return SESSION_DELETED
    if status != "draft":
        return SESSION_FINALIZED
    return APPOINTMENT_HAS_NOTE if is_new else STALE_VERSION


def known_before(base_version: int | None, known: Iterable[tuple[UUID, int | None]]) -> UUID | None:
    """The note that a device goes on with after a new sign-in, of those that were called so, each with a version that an item made.

    Only a device that has seen a version goes on with one. Where several devices called their notes the same, the version decides;
    None where even that leaves several.
    """
    if not base_version:
        return None
    pairs = list(known)
    for notes_found in ({note for note, _ in pairs}, {note for note, version in pairs if version == base_version}):
        if len(notes_found) == 1:
            return notes_found.pop()
    return None


def repeated(status: str) -> str:
    """What an item is answered that was taken before."""
    return "unchanged" if status in {"created", "updated"} else status


def note_id(client_session_id: str) -> UUID | None:
    """The note's id, if that is what the device calls it by."""
    try:
        found = UUID(client_session_id)
    except ValueError:
        return None
    return found if str(found) == client_session_id.lower() else None


def may_be_old(created: datetime, now: datetime) -> bool:
    """Whether an item is older than the limit of some workspace."""
    return now - created > LEAST_OFFLINE


def is_old(created: datetime, now: datetime, settings: Mapping[str, Any]) -> bool:
    """Whether an item is older than the workspace's limit, which is 30 days unless its settings say otherwise."""
    return now - created > timedelta(days=int(settings.get("offline_days", DEFAULT_OFFLINE_DAYS)))


def told(flags: Iterable[str]) -> list[str]:
    """The flags, each once, in the order in which they came up."""
    return list(dict.fromkeys(flags))
