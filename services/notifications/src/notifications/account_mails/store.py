"""Statements on mails about accounts. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, DateTime, Text, Uuid, any_, bindparam, select, update

from chassis.db.statement import command, query
from notifications.tables import mails

_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))

load = query(select(mails).where(mails.c.id == _id))

begin_sending = command(
    update(mails)
    .where(mails.c.id == _id)
    .where(mails.c.status == "pending")
    .values(status="sending", attempts=mails.c.attempts + 1)
    .returning(mails.c.attempts)
)

# `statuses` are those that are changed: who has composed a mail changes none that another is sending by now.
_statuses = mails.c.status == any_(bindparam("statuses", type_=ARRAY(Text)))
finish = command(
    update(mails)
    .where(mails.c.id == _id)
    .where(_statuses)
    .values(status=bindparam("status"), sent_at=bindparam("sent_at", type_=DateTime(timezone=True)), last_error=bindparam("reason"))
)

reschedule = command(
    update(mails)
    .where(mails.c.id == _id)
    .where(_statuses)
    .values(status="pending", next_attempt_at=bindparam("at", type_=DateTime(timezone=True)), last_error=bindparam("reason"))
)
