"""What a care team may be, when somebody may break the glass, and who reviews it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import Conflict, Fault, Forbidden, Gone, Invalid

GLASS_BROKEN_FOR = timedelta(minutes=60)
REASON_LENGTH = (10, 500)
VERDICTS = frozenset({"justified", "unjustified"})
_LONGEST_COMMENT = 2_000
_MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class Team:
    """Who opens the client's record: everybody who may read clients, or if it is `restricted` its members alone."""

    restricted: bool
    members: frozenset[UUID]


NO_TEAM = Team(restricted=False, members=frozenset())


def check_not_merged(into: UUID | None) -> None:
    """Raises Gone for a client who was merged: whoever closes that record leaves the survivor's open, which has all that was in it."""
    if into is not None:
        raise Gone("client_merged", "This client was merged into another one.", facts={"merged_into": str(into)})


def check_team(*, restricted: bool, user_ids: Sequence[str]) -> Team:
    """The care team that is wanted. Raises Invalid for too many members, and for a restricted client without any."""
    members = frozenset(map(UUID, user_ids))
    if len(members) > _MOST_MEMBERS:
        raise Invalid("care_team_too_large", faults=[Fault("/user_ids", f"must have at most {_MOST_MEMBERS} members")])
    if restricted and not members:
        raise Invalid(
            "care_team_empty", "A restricted client needs a care team.", faults=[Fault("/user_ids", "must name at least one user")]
        )
    return Team(restricted, members)


def check_members(user_ids: Sequence[str], able: Collection[str]) -> None:
    """Raises Invalid with a fault for each user who is not `able`: active, and in a role that treats."""
    faults = [Fault(f"/user_ids/{place}", "is no active user who treats") for place, user_id in enumerate(user_ids) if user_id not in able]
    if faults:
        raise Invalid("member_cannot_treat", "A member of the care team must be an active user who treats clients.", faults=faults)


def strictest(before: Team, wanted: Team) -> Team:
    """Opens the record to nobody whom one of the two keeps out."""
    if not before.restricted:
        return wanted if wanted.restricted else Team(restricted=False, members=wanted.members)
    return Team(restricted=True, members=before.members & wanted.members if wanted.restricted else before.members)


def closes(before: Team, wanted: Team) -> bool:
    """Whether somebody who opens the record may no longer do so."""
    return wanted.restricted and (not before.restricted or not before.members <= wanted.members)


def next_version(version: int, *, now: datetime) -> int:
    """Higher than the version before, and than all that were told and never committed: those were told earlier."""
    return max(int(now.timestamp() * 1_000_000), version + 1)


def check_reason(reason: str) -> str:
    """The reason without surrounding white space. Raises Invalid for one that is too short or too long."""
    text = reason.strip()
    shortest, longest = REASON_LENGTH
    if not shortest <= len(text) <= longest:
        raise Invalid("reason_length", faults=[Fault("/reason", f"must have {shortest} to {longest} characters")])
    return text


def check_glass_needed(user_id: UUID, care_team: Iterable[UUID] | None) -> None:
    """Raises Conflict for a client who is not restricted (no care team), and for a member of the care team."""
    if care_team is None or user_id in care_team:
        raise Conflict("glass_not_needed", "You may open this client's record as it is.")


def check_verdict(verdict: str) -> str:
    """Raises Invalid for what is no verdict."""
    if verdict not in VERDICTS:
        raise Invalid("verdict_needed", faults=[Fault("/review", "must be justified or unjustified")])
    return verdict


def check_comment(comment: str | None) -> str | None:
    """The comment without surrounding white space, None if nothing is left. Raises Invalid for one that is too long."""
    text = (comment or "").strip()
    if len(text) > _LONGEST_COMMENT:
        raise Invalid(
            "text_too_long", "A text is too long.", faults=[Fault("/comment", f"must have at most {_LONGEST_COMMENT} characters")]
        )
    return text or None


def check_may_review(reviewer: UUID, *, broken_by: UUID, review: str) -> None:
    """Raises Forbidden for whoever broke the glass, and Conflict if somebody has reviewed it already."""
    if reviewer == broken_by:
        raise Forbidden("own_broken_glass", "Somebody else has to review this.")
    if review != "pending":
        raise Conflict("already_reviewed", "This has been reviewed already.")
