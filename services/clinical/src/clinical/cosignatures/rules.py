"""Who may decide on a signed note that waits for a co-signature, and how. Pure functions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from chassis.errors import Conflict, Fault, Forbidden, Invalid
from clinical.sessions.rules import OVERSEE, is_visible

# What it takes to see what waits of one's own department, and to decide on it in a supervisor's place.
HEAD = "sessions:cosign-department"
_MAX_COMMENT = 5000


def check_comment(comment: str | None, *, is_needed: bool) -> None:
    """Raises Invalid if the comment is needed and nobody could see it, or too long."""
    if is_needed and not any(map(is_visible, comment or "")):
        raise Invalid(
            "cosign_comment_required", "A note is returned with a comment.", faults=[Fault("/comment", "is needed to return a note")]
        )
    if len(comment or "") > _MAX_COMMENT:
        raise Invalid("text_too_long", "A text is too long.", faults=[Fault("/comment", f"must have at most {_MAX_COMMENT} characters")])


def check_waits(status: str | None) -> None:
    """Raises Conflict unless the note waits for a co-signature. None is the status of one that never did."""
    if status != "pending":
        told = status if status in {"cosigned", "returned"} else "none"
        raise Conflict("cosign_not_pending", "The note does not wait for a co-signature.", facts={"cosign_status": told})


def check_is_a_person(role: str | None) -> None:
    """Raises Forbidden for API keys: one that its owner made would co-sign for its owner."""
    if role == "api_key":
        raise Forbidden("not_for_api_keys", "People co-sign and return notes; API keys do not.")


def role_of(
    user_id: UUID,
    *,
    author: UUID,
    signers: Sequence[UUID],
    own_supervisor: UUID | None,
    supervisor: UUID | None,
    scopes: Collection[str],
    is_colleague: bool = False,
) -> str:
    """As what the user decides: `supervisor`, or `administrator` or `head_of_department` in the supervisor's place.

    `is_colleague`: whoever was supervised and signed works in the department that the user is the head of.

    Forbidden for who wrote the note or signed a version that has not been co-signed, and for anybody else. `signers` are those of the versions
    since the last co-signature, the newest last. A supervisor without a supervisor of their own may have signed any but the newest: what they
    sign waits for nobody.
    """
    needs_another = signers[-1:] if user_id == supervisor and own_supervisor is None else signers
    if user_id == author or user_id in needs_another:
        raise Forbidden("own_note", "Nobody co-signs their own note.")
    if user_id == supervisor:
        return "supervisor"
    if OVERSEE in scopes:
        return "administrator"
    if HEAD in scopes and is_colleague:
        return "head_of_department"
    raise Forbidden("not_the_supervisor", "The note waits for somebody else.")


def check_same_version(read: str | None, newest: str, version_number: int) -> None:
    """Raises Conflict if the co-signer names the hash of another version than the newest. None names none."""
    if read is not None and read.lower() != newest:
        raise Conflict(
            "amended_meanwhile", "The note was amended since it was read; read it again.", facts={"version_number": version_number}
        )
