"""The role matrix: which scopes a person's access token carries, and which roles a kind of workspace has."""

from typing import Final

_READS = frozenset({"clients:read", "appointments:read", "sessions:read", "catalogue:read", "reminders:read", "users:read", "audit:read"})
_WRITES = frozenset(
    {"clients:write", "appointments:write", "sessions:write", "catalogue:write", "reminders:write", "users:write", "workspace:write"}
)
ALL_SCOPES: Final = _READS | _WRITES | {"clients:erase"}

_TREATS = frozenset(
    {
        "clients:read",
        "clients:write",
        "appointments:read",
        "appointments:write",
        "sessions:read",
        "sessions:write",
        "catalogue:read",
        "reminders:read",
        "users:read",
    }
)

MATRIX: Final[dict[str, frozenset[str]]] = {
    "owner": ALL_SCOPES,
    "admin": ALL_SCOPES,
    "therapist": _TREATS,
    "doctor": _TREATS,
    "head_doctor": _TREATS | {"audit:read", "catalogue:write"},
    # Runs the desk, and never reads a note.
    "assistant": frozenset(
        {
            "clients:read",
            "clients:write",
            "appointments:read",
            "appointments:write",
            "catalogue:read",
            "reminders:read",
            "reminders:write",
            "users:read",
        }
    ),
    "nurse": frozenset(
        {"clients:read", "clients:write", "appointments:read", "sessions:read", "sessions:write", "catalogue:read", "users:read"}
    ),
    "operator": frozenset({"clients:read", "appointments:read", "appointments:write", "catalogue:read", "users:read"}),
}

ROLES_OF: Final[dict[str, frozenset[str]]] = {
    "practice": frozenset({"owner", "assistant", "therapist"}),
    "hospital": frozenset({"operator", "doctor", "nurse", "head_doctor", "admin"}),
}

# Who runs a workspace of a kind; one such person must always be left.
HEAD_OF: Final[dict[str, str]] = {"practice": "owner", "hospital": "admin"}


def scopes(role: str, *, is_platform_admin: bool) -> frozenset[str]:
    """What the person may do. A platform admin sees no PHI, so no role in a workspace gives them a scope."""
    return frozenset() if is_platform_admin else MATRIX[role]
