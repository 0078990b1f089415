"""Statements about erased workspaces. Row security confines each to one workspace. They need the eraser's role."""

from sqlalchemy import DateTime, Text, bindparam, delete, null, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from chassis.db.statement import command
from identity.tables import erasure_progress, sign_ins, users, workspace_directory, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))

# Returns no row of a workspace that was brought back meanwhile, or is being erased already. One of platform administrators holds what they did
# and whom they keep out of the installation: it is never erased.
erase = command(
    update(workspaces)
    .where(workspaces.c.erase_after <= _now, workspaces.c.erased_at.is_(None))
    .where(~select(users.c.id).where(users.c.is_platform_admin).exists())
    .values(
        erased_at=_now,
        address=null(),
        phone=null(),
        license_number=null(),
        settings=bindparam("settings", type_=JSONB),
        updated_at=_now,
    )
    .returning(workspaces.c.workspace_id)
)

forget_owner = command(
    update(workspace_directory).where(workspace_directory.c.workspace_id == bindparam("workspace_id")).values(owner_id=null())
)

# At once: of people with other memberships, the next one is their home.
end_memberships = command(delete(sign_ins).where(sign_ins.c.workspace_id == bindparam("workspace_id")))

note_progress = command(
    insert(erasure_progress)
    .values(workspace_id=bindparam("workspace_id"), service=bindparam("service", type_=Text), finished_at=_now)
    .on_conflict_do_nothing(constraint="pk_erasure_progress")
)
