"""Records what a platform administrator has done."""

from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.work.unit_of_work import UnitOfWork
from identity.activities import store


async def record_activity(
    work: UnitOfWork, what: str, *, workspace_id: UUID | None = None, workspace_name: str | None = None, reason: str | None = None
) -> None:
    """Add it to the activities of the administrator's own workspace. The workspace is the one it was done to, if it was one."""
    about = {"subject_id": workspace_id, "subject_name": workspace_name, "user_id": work.user_id, "reason": reason}
    await work.db.run(store.add_activity, id=uuid7(), type=what, **about, now=work.now)
