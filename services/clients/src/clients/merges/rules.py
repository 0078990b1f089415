"""Who can be merged into whom, what the survivor takes over, and until when that can be undone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Fault, Gone, Invalid
from clients.clients.rules import CLINICAL_FIELDS, MAX_LONG_TEXT

_UNDONE_FOR = timedelta(days=30)
# Taken over where the survivor has none; those together that say something of one another. The names of a client, whether they are active and
# what they have consented to are nobody else's.
_TAKEN_OVER: Sequence[tuple[str, ...]] = (
    ("email",),
    ("phone",),
    ("date_of_birth",),
    ("address",),
    ("emergency_contact_name", "emergency_contact_phone"),
    ("tags",),
    ("gender",),
    ("time_zone",),
    ("external_id",),
)
# Where both have such a text the duplicate's is put below the survivor's: an allergy that only one of them mentions must still be seen.
_JOINED = CLINICAL_FIELDS
_BETWEEN = "\n\n"


def two(client_id: str, duplicate_id: str) -> tuple[UUID, UUID]:
    """The two clients. Raises Invalid for one and the same."""
    survivor, merged = UUID(client_id), UUID(duplicate_id)
    if survivor == merged:
        raise Invalid(
            "merge_with_itself", "A client cannot be merged with itself.", faults=[Fault("/duplicate_id", "must be another client")]
        )
    return survivor, merged


def check_goes_on(merge: Mapping[str, Any] | None, survivor_id: UUID, merged_into: UUID) -> None:
    """Raises Conflict unless it is this very merge that has ended before its time, and is to go on."""
    if merge is None or merge["survivor_id"] != survivor_id or merge["moved_at"] is not None or merge["undo_requested_at"] is not None:
        raise Conflict("already_merged", "This client was merged before.", facts={"merged_into": str(merged_into)})


def check_not_restricted(*, is_restricted: bool) -> None:
    """Raises Conflict: notes that a care team alone opens would be open to others, or the other way round."""
    if is_restricted:
        raise Conflict("restricted_not_merged", "One of these clients is restricted to a care team.")


def held() -> Conflict:
    """What a court has asked for stays where it is."""
    return Conflict("held_not_merged", "A legal hold keeps the records of one of these clients as they are.")


def check_can_be_undone(merge: Mapping[str, Any] | None, survivor_merged_into: UUID | None, now: datetime) -> None:
    """Raises Conflict where there is no merge, or a later one to be undone first; Gone when it is too late."""
    if merge is None:
        raise Conflict("not_merged", "Nobody was merged with this client, or that was undone.")
    if now >= merge["undo_until"]:
        raise Gone("merge_final", "A merge can be undone for 30 days.", facts={"undo_until": merge["undo_until"].isoformat()})
    if survivor_merged_into is not None:
        facts = {"merged_into": str(survivor_merged_into)}
        raise Conflict("merge_not_last", "The client that this one was merged into was merged as well; undo that first.", facts=facts)


def undo_until(now: datetime) -> datetime:
    return now + _UNDONE_FOR


def taken_over(survivor: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the survivor takes over from the duplicate, by name, with their new values.

    Raises Conflict where two texts together are longer than the field.
    """
    taken: dict[str, Any] = {}
    for fields in _TAKEN_OVER:
        if not any(survivor[name] for name in fields):
            taken |= {name: merged[name] for name in fields if merged[name]}
    for name in _JOINED:
        if merged[name] and merged[name] not in (survivor[name] or ""):
            taken[name] = survivor[name] + _BETWEEN + merged[name] if survivor[name] else merged[name]
    if too_long := [name for name in _JOINED if len(taken.get(name) or "") > MAX_LONG_TEXT]:
        told = "The texts of the two clients are too long for one record; shorten one of them first."
        raise Conflict("merge_too_long", told, facts={"fields": too_long})
    return taken


def given_back(survivor: Mapping[str, Any], merged: Mapping[str, Any], taken: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """The fields that the survivor had taken over, with the values they have after the undoing; and those that were changed since and stay."""
    left = {name: _without(survivor[name], merged[name]) for name in taken if _ends_with(survivor[name], merged[name])}
    return left, [name for name in taken if name not in left]


def _ends_with(value: Any, taken: Any) -> bool:
    return value == taken or (isinstance(value, str) and isinstance(taken, str) and value.endswith(_BETWEEN + taken))


def _without(value: Any, taken: Any) -> Any:
    """What is left of a survivor's value: of a joined text its beginning, else nothing."""
    return None if value == taken else value.removesuffix(_BETWEEN + taken)
