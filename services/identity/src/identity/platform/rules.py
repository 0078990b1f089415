"""What platform administrators may do with a workspace. Pure functions."""

from uuid import UUID

from chassis.errors import Conflict, Fault, Invalid

MOST_ACTIVITIES = 100
# So long after a revocation no process believes what it voids (chassis.auth.verifier).
_SECONDS_UNTIL_KNOWN = 5.0
_LONGEST_REASON = 500


def check_reason(reason: str) -> str:
    """The reason without surrounding white space. Raises Invalid unless it has 1 to 500 characters."""
    stripped = reason.strip()
    if not 1 <= len(stripped) <= _LONGEST_REASON:
        fault = Fault("/reason", f"must have 1 to {_LONGEST_REASON} characters")
        raise Invalid("reason_invalid", "A workspace is suspended, deleted or reactivated for a reason.", faults=[fault])
    return stripped


def check_status(now: str, wanted: str) -> None:
    """Raise Conflict if the workspace has the wanted status already (active, suspended or deleted), or is erased, which nothing takes back."""
    if now == "erased":
        raise Conflict("workspace_erased", "This workspace is erased, and cannot be brought back.")
    if now == wanted or (now, wanted) == ("deleted", "suspended"):
        raise Conflict("workspace_already_so", f"This workspace is {now} already.")


def seconds_until_known(since: float) -> float:
    """For how long some process may not know yet of a revocation that was made so many seconds ago."""
    return max(0.0, _SECONDS_UNTIL_KNOWN - since)


def check_not_own(workspace_id: UUID, own: UUID) -> None:
    """Raise Conflict for the administrator's own workspace, in which nobody could undo it."""
    if workspace_id == own:
        raise Conflict("own_workspace", "Nobody suspends or deletes their own workspace.")


def check_deletable(administrators: int) -> None:
    """Raise Conflict for a workspace of platform administrators, whose activity and blacklist would be erased with it."""
    if administrators:
        raise Conflict("workspace_of_administrators", "A workspace with platform administrators is not deleted.")


def state(status: str, *, deleted: bool, erased: bool) -> str:
    """What has become of a workspace, in one word."""
    return "erased" if erased else "deleted" if deleted else status


def escaped(search: str) -> str:
    """The text for a LIKE pattern whose escape character is "/"."""
    return search.replace("/", "//").replace("%", "/%").replace("_", "/_")


def check_part(limit: int, offset: int) -> tuple[int, int]:
    """How many activities are shown, after how many. Raises Invalid for numbers out of range."""
    faults = [] if 0 <= limit <= MOST_ACTIVITIES else [Fault("/limit", f"must be from 0 to {MOST_ACTIVITIES}")]
    faults += [] if offset >= 0 else [Fault("/offset", "must be 0 or more")]
    if faults:
        raise Invalid("page_out_of_range", "There is no such page.", faults=faults)
    return limit or 20, offset
