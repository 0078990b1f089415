"""docs/roles.md: who may do what, as two tables made of the role matrix and of what the gateway answered."""

from pathlib import Path

from identity.roles import ALL_SCOPES, ROLES_BY_KIND, SCOPES_BY_ROLE

PAGE = Path(__file__).parents[1] / "docs" / "roles.md"
# A platform administrator runs the installation and sees nobody's records, whatever their role in a workspace.
PLATFORM = "platform"
ROLES = (
    *(role for kind in ("practice", "hospital") for role in SCOPES_BY_ROLE if role in ROLES_BY_KIND[kind]),
    PLATFORM,
)  # fmt: skip
YES, NO = "yes", ""

_INTRODUCTION = """# Who may do what

Made by `make roles` from `services/identity/src/identity/roles.py` and from the answers of a gateway that every role has asked every operation;
`tests-e2e/test_roles.py` holds it to both. A practice has owners, assistants and therapists, a hospital the other roles. *Platform* is an
administrator of the installation, who has no scope in any role.

What a role may do, it may do in its own workspace alone. Some operations answer less to whoever lacks a further scope: a list of appointments has no
client's name without `clients:read`, and a client no `medical_history` and `notes` without `clients:phi`. Some ask for a scope only where they are about
others: whoever treats sets their own working hours and sees their own activity; `catalogue:write` is for those of others and of the whole workspace,
and a note that somebody else wrote and signed is made a draft again or deleted with `sessions:oversee`. `sessions:cosign` is for what supervisees have
signed, with `sessions:cosign-department` also for what anybody has who works in the same department, and with `sessions:oversee` for all that waits.
"""


def scopes_table():
    """The rows of the scopes: the roles that have each one."""
    scopes = SCOPES_BY_ROLE | {PLATFORM: frozenset()}
    return {f"`{scope}`": {role for role in ROLES if scope in scopes[role]} for scope in sorted(ALL_SCOPES)}


def render(operations):
    """The page. `operations` are the rows of its second table: the roles that may do each one."""
    return f"{_INTRODUCTION}\n## Scopes\n\n{_table('scope', scopes_table())}\n## Operations\n\n{_table('operation', operations)}"


def _table(heading, rows):
    lines = [f"| {heading} | {' | '.join(ROLES)} |", f"|---{'|---' * len(ROLES)}|"]
    lines += [f"| {name} | {' | '.join(YES if role in allowed else NO for role in ROLES)} |" for name, allowed in rows.items()]
    return "\n".join(lines) + "\n"


def read(page):
    """The rows of both tables of a page: the roles that may."""
    rows = {}
    for line in page.splitlines():
        if line.startswith("| `"):
            name, *cells = (cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|"))
            rows[name] = {role for role, cell in zip(ROLES, cells, strict=True) if cell == YES}
    return rows
