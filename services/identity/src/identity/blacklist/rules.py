"""Which addresses are blacklisted, and why. Pure functions."""

from chassis.errors import Conflict, Fault, Invalid

_LONGEST_REASON = 500


def check_address(email: str) -> None:
    """Raise Invalid for an address that could not be named in a path again, to remove it."""
    if "/" in email:
        raise Invalid("email_invalid", "This is not an e-mail address.", faults=[Fault("/email", "must not contain a slash")])


def check_reason(reason: str) -> str:
    """The reason without surrounding white space. Raises Invalid unless it has 1 to 500 characters."""
    stripped = reason.strip()
    if not 1 <= len(stripped) <= _LONGEST_REASON:
        fault = Fault("/reason", f"must have 1 to {_LONGEST_REASON} characters")
        raise Invalid("reason_invalid", "An address is blacklisted for a reason.", faults=[fault])
    return stripped


def check_not_own(email_index: bytes, own: bytes | None) -> None:
    """Raise Conflict for the administrator's own address: who shuts themselves out cannot undo it."""
    if email_index == own:
        raise Conflict("own_address", "Nobody blacklists their own address.")
