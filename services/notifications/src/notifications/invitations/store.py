"""The statement that records a mail with an invitation; it is sent as sign-in links are."""

from sqlalchemy import DateTime, Uuid, bindparam
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command
from notifications.tables import mails

_now = bindparam("now", type_=DateTime(timezone=True))

add = command(
    upsert(mails)
    .values(
        workspace_id=bindparam("workspace_id", type_=Uuid),
        id=bindparam("id", type_=Uuid),
        kind="invitation",
        next_attempt_at=_now,
        created_at=_now,
    )
    .on_conflict_do_nothing()
)
