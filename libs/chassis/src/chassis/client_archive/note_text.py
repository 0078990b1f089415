"""A note as text for people: what it says now, and what was signed of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_TEXTS = ("subjective", "objective", "assessment", "plan")


@dataclass(frozen=True, slots=True)
class Block:
    text: str
    is_heading: bool = False


def blocks(note: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]) -> list[Block]:
    """What is written of a note and its signed versions, the oldest first, as `mapping.render` tells them."""
    return [*_current(note), *(block for version in versions for block in _signed(version))]


def plain(written: Iterable[Block]) -> str:
    """The same as plain text."""
    return "".join(f"{block.text}\n{'=' * len(block.text)}\n\n" if block.is_heading else f"{block.text}\n\n" for block in written)


def _current(note: Mapping[str, Any]) -> Iterable[Block]:
    # Words that a save has taken out unread are in a copy that is deleted from the beginning: nobody wrote it, or deleted it.
    is_displaced = note["conflict_of"] is not None and note["deleted_at"] is not None and note["deleted_by_user_id"] is None
    what = "Words taken out of the session note" if is_displaced else "Session note"
    yield Block(f"{what} of {_time(note['session_date'])}", is_heading=True)
    facts = [
        f"Note: {note['id']}",
        f"Status: {note['status']}",
        f"Written by: {note['created_by_user_id']}",
        f"Last changed: {_time(note['updated_at'])}",
    ]
    if note["duration_minutes"] is not None:
        facts.append(f"Duration: {note['duration_minutes']} minutes")
    if is_displaced:
        facts.append(f"Taken out of: {note['conflict_of']}, by a save that may not have shown them")
    elif note["conflict_of"] is not None:
        facts.append(f"Began as a conflict copy of: {note['conflict_of']}")
    if note["unfinalized_reason"]:
        facts.append(f"Made a draft again because: {note['unfinalized_reason']}")
    if note["deleted_at"] is not None:
        facts.append(f"{'Kept since' if is_displaced else 'Deleted'}: {_time(note['deleted_at'])}")
    yield Block("\n".join(facts))
    yield from _texts(note)


def _signed(version: Mapping[str, Any]) -> Iterable[Block]:
    yield Block(f"Version {version['version_number']}: {version['kind']} on {_time(version['created_at'])}", is_heading=True)
    facts = [
        f"Signed by: {version['created_by_user_id']}",
        f"Session of: {_time(version['session_date'])}",
        f"SHA-256: {version['content_hash']}",
    ]
    if version["reason"]:
        facts.append(f"Reason: {version['reason']}")
    yield Block("\n".join(facts))
    yield from _texts(version)
    attested = version["cosignature"]
    if attested is not None:
        told = f"{attested['decision'].capitalize()} by {attested['signed_by_user_id']} on {_time(attested['created_at'])}"
        yield Block("\n".join(filter(None, (told, attested["comment"]))))


def _texts(content: Mapping[str, Any]) -> Iterable[Block]:
    for name in _TEXTS:
        if content[name]:
            yield Block(f"{name.capitalize()}:\n{content[name]}")


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
