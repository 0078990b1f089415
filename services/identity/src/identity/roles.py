"""Roles: the scopes each one has, and the roles of practices and of hospitals."""

from typing import Final

_READS = frozenset(
    {
        "clients:read",
        "appointments:read",
        "sessions:read",
        "plans:read",
        "catalogue:read",
        "reminders:read",
        "users:read",
        "audit:read",
        "alerts:read",
    }
)
_WRITES = frozenset(
    {
        "clients:write",
        "appointments:write",
        "sessions:write",
        "plans:write",
        "catalogue:write",
        "reminders:write",
        "users:write",
        "workspace:write",
        "alerts:write",
    }
)
# Who co-signs does so for those they supervise, with `sessions:cosign-department` also for whoever works in their own department;
# `sessions:oversee` is for all that waits in the workspace.
# `clients:phi` is for what is on record of a client's health: medical history and notes.
# `alerts:oversee` is for the alerts of every department, `alerts:manage` for whom alerts are told to, who stands in, and the report.
_BESIDE = {
    "alerts:oversee", "alerts:manage",
    "audit:export", "audit:hold", "clients:phi", "clients:erase", "clients:export", "clients:export-all", "clients:import", "clients:merge", "sessions:sign", "sessions:cosign",
    "sessions:cosign-department", "sessions:oversee", "sessions:erase",
}  # fmt: skip
# Where the workspace's own systems are told of what happens in it.
_INTEGRATIONS = {"webhooks:manage"}
# Care teams of restricted clients: who sets them, who opens a record without being of one, and who judges whether that was right.
_CARE_TEAMS = {"clients:restrict", "clients:break-glass", "break-glass:review"}
ALL_SCOPES: Final = _READS | _WRITES | _BESIDE | _INTEGRATIONS | _CARE_TEAMS
# An API key co-signs nothing: whoever makes one would co-sign their own notes with it. It is of no care team, and breaks no glass. It does not take a
# whole workspace along: what is in that depends on whose records somebody opens.
KEY_SCOPES: Final = ALL_SCOPES - {"sessions:cosign", "sessions:cosign-department", "sessions:oversee", "clients:export-all"} - _CARE_TEAMS
# What an export of a workspace reads with, of what its user's role may do.
LENT_SCOPES: Final = frozenset(
    {"clients:read", "clients:phi", "clients:export", "appointments:read", "sessions:read", "plans:read", "reminders:read"}
)

_CLINICIAN = frozenset(
    {
        "alerts:read",
        "alerts:write",
        "clients:read",
        "clients:write",
        "clients:break-glass",
        "clients:phi",
        "appointments:read",
        "appointments:write",
        "sessions:read",
        "sessions:write",
        "sessions:sign",
        "sessions:cosign",
        "plans:read",
        "plans:write",
        "catalogue:read",
        "reminders:read",
        "users:read",
    }
)

SCOPES_BY_ROLE: Final[dict[str, frozenset[str]]] = {
    "owner": ALL_SCOPES,
    "admin": ALL_SCOPES,
    "therapist": _CLINICIAN,
    "doctor": _CLINICIAN,
    "head_doctor": _CLINICIAN
    | {
        "audit:read",
        "catalogue:write",
        "clients:restrict",
        "break-glass:review",
        "alerts:oversee",
        "alerts:manage",
        "sessions:cosign-department",
    },
    # The front desk: books appointments, and reads neither session notes nor plans of care, nor what is on record of a client's health.
    "assistant": frozenset(
        {
            "alerts:read",
            "alerts:write",
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
    # Nurses keep a plan of care for every patient (42 CFR 482.23(b)(4)).
    "nurse": frozenset(
        {
            "alerts:read",
            "alerts:write",
            "clients:read",
            "clients:write",
            "clients:break-glass",
            "clients:phi",
            "appointments:read",
            "sessions:read",
            "sessions:write",
            "sessions:sign",
            "sessions:cosign",
            "plans:read",
            "plans:write",
            "catalogue:read",
            "users:read",
        }
    ),
    # The hospital's admissions desk and switchboard: books appointments, sees that every alert is answered, and changes no records. Not who
    # operates the installation.
    "operator": frozenset(
        {
            "alerts:read",
            "alerts:write",
            "alerts:oversee",
            "clients:read",
            "appointments:read",
            "appointments:write",
            "catalogue:read",
            "users:read",
        }
    ),
}

ROLES_BY_KIND: Final[dict[str, frozenset[str]]] = {
    "practice": frozenset({"owner", "assistant", "therapist"}),
    "hospital": frozenset({"operator", "doctor", "nurse", "head_doctor", "admin"}),
}

# The role that manages a workspace. Every workspace keeps at least one active user who has it.
ADMINISTRATOR_ROLE: Final[dict[str, str]] = {"practice": "owner", "hospital": "admin"}

# Who sees and decides on all that waits for a co-signature in a workspace.
OVERSEER_ROLES: Final = frozenset(role for role, scopes in SCOPES_BY_ROLE.items() if "sessions:oversee" in scopes)
# Those who decide on what the people of their own department have signed.
HEAD_ROLES: Final = frozenset(role for role, scopes in SCOPES_BY_ROLE.items() if "sessions:cosign-department" in scopes) - OVERSEER_ROLES

# Who sees the alerts of every department.
ALERT_OVERSEER_ROLES: Final = frozenset(role for role, scopes in SCOPES_BY_ROLE.items() if "alerts:oversee" in scopes)

# What it takes to run the installation. No role has it, and whoever has it sees no PHI.
PLATFORM_SCOPES: Final = frozenset({"platform:admin"})


def scopes_of(role: str, *, is_platform_admin: bool) -> frozenset[str]:
    """The scopes of a user. A platform administrator must not see PHI, so they have none of their role's."""
    return PLATFORM_SCOPES if is_platform_admin else SCOPES_BY_ROLE[role]
