"""Which templates are valid, and who may change them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from chassis.errors import Fault, Forbidden, Invalid

TEXTS = ("subjective", "objective", "assessment", "plan")
EDITABLE = ("name", *TEXTS, "is_active")
MAX_NAME = 255
MAX_TEXT = 5000
# Who may change what the workspace offers may change what its notes begin with.
_OF_THE_WORKSPACE = "catalogue:write"


def check_template(content: Mapping[str, Any]) -> None:
    """Raises Invalid for a name without a visible character or of more than 255, and for longer texts than a note has, with a fault for each."""
    name = content.get("name") or ""
    faults = [] if name.strip() and len(name) <= MAX_NAME else [Fault("/name", f"must have 1 to {MAX_NAME} characters")]
    faults += [Fault(f"/{text}", f"must have at most {MAX_TEXT} characters") for text in TEXTS if len(content.get(text) or "") > MAX_TEXT]
    if content.get("is_active") is None:
        faults.append(Fault("/is_active", "cannot be cleared"))
    if faults:
        raise Invalid("template_invalid", "Some fields of the template are not valid.", faults=faults)


def is_personal(scopes: Collection[str], *, wanted: bool | None) -> bool:
    """Whether a new template is its maker's own: as wanted, else unless they may change what the workspace offers."""
    return _OF_THE_WORKSPACE not in scopes if wanted is None else wanted


def check_may_change(owner: UUID | None, scopes: Collection[str]) -> None:
    """Raises Forbidden for a template of the workspace, unless the caller may change what the workspace offers.

    That others' own templates are not found is the statements' business.
    """
    if owner is None and _OF_THE_WORKSPACE not in scopes:
        raise Forbidden("permission_denied", "Your role does not allow this.")
