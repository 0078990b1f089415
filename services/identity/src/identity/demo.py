"""The demo workspaces: a practice, a hospital, and one for the platform administrator."""

from dataclasses import dataclass
from uuid import UUID

from chassis.service.runtime import Runtime
from identity.workspaces.workflow import open_workspace

PASSWORD = "caseload-demo"  # noqa: S105 - public: printed at start, for demonstrations only


@dataclass(frozen=True, slots=True)
class DemoUser:
    email: str
    full_name: str
    role: str
    workspace: str
    workspace_id: UUID
    user_id: UUID


async def open_demo(runtime: Runtime) -> list[DemoUser]:
    """Open the three demo workspaces that do not exist yet. Returns the user of each."""
    return [
        await _open(runtime, "Riverside Practice", "practice", "owner", "owner@example.com", "Olivia Reed"),
        await _open(runtime, "General Hospital", "hospital", "admin", "admin@example.com", "Adrian Cole"),
        # Belongs to an empty workspace: a platform administrator must not see records.
        await _open(runtime, "Caseload Platform", "practice", "owner", "platform@example.com", "Petra Lang", is_platform_admin=True),
    ]


async def _open(
    runtime: Runtime, name: str, kind: str, role: str, email: str, full_name: str, *, is_platform_admin: bool = False
) -> DemoUser:
    workspace_id, user_id = await open_workspace(
        runtime,
        name=name,
        kind=kind,
        time_zone="UTC",
        locale="en",
        owner_email=email,
        owner_full_name=full_name,
        role=role,
        password=PASSWORD,
        is_platform_admin=is_platform_admin,
        is_demo=True,
    )
    return DemoUser(email, full_name, role, name, workspace_id, user_id)
