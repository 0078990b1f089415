"""Statements on links in reminders, and on who wants no more. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, DateTime, Integer, LargeBinary, Text, Uuid, any_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from notifications.tables import merged_clients, reminder_links, reminder_opt_outs

_workspace = bindparam("workspace_id", type_=Uuid)
_id = bindparam("id", type_=Uuid)
_now = bindparam("now", type_=DateTime(timezone=True))
_client_id = bindparam("client_id", type_=Uuid)
_channel = bindparam("channel", type_=Text)

add = command(
    insert(reminder_links).values(
        workspace_id=_workspace,
        id=_id,
        token_hash=bindparam("token_hash", type_=LargeBinary),
        appointment_id=bindparam("appointment_id", type_=Uuid),
        client_id=_client_id,
        channel=_channel,
        starts_at=bindparam("starts_at", type_=DateTime(timezone=True)),
        time_zone=bindparam("time_zone", type_=Text),
        created_at=_now,
    )
)

_shown = (reminder_links.c.id == _id, reminder_links.c.token_hash == bindparam("token_hash", type_=LargeBinary))
get = query(select(reminder_links).where(*_shown))
lock = command(select(reminder_links).where(*_shown).with_for_update())

# A client has a link of each mail and text message about an appointment, and has said by any of them what they have said last.
_clients = bindparam("client_ids", type_=ARRAY(Uuid))
_appointments = bindparam("appointment_ids", type_=ARRAY(Uuid))
_of_appointments = (reminder_links.c.client_id == any_(_clients), reminder_links.c.appointment_id == any_(_appointments))
lock_all = command(select(reminder_links.c.id).where(*_of_appointments).order_by(reminder_links.c.id).with_for_update())
_has_answered = or_(reminder_links.c.confirmed_at.is_not(None), reminder_links.c.cancelled_at.is_not(None))
_said_nothing = {"confirmed_at": None, "cancelled_at": None, "declined_at": None}
forget_answers = command(update(reminder_links).where(*_of_appointments, _has_answered).values(**_said_nothing))
_has_confirmed = reminder_links.c.confirmed_at.is_not(None)
forget_confirmations = command(update(reminder_links).where(*_of_appointments, _has_confirmed).values(confirmed_at=None))

mark_confirmed = command(update(reminder_links).where(reminder_links.c.id == _id).values(confirmed_at=_now))
# Who cannot come has not confirmed, and waits to be answered, perhaps again.
_cannot_come = {"cancelled_at": _now, "confirmed_at": None, "declined_at": None}
mark_cancelled = command(update(reminder_links).where(reminder_links.c.id == _id).values(**_cannot_come))
# All links by which the client has said so.
_asked = (reminder_links.c.appointment_id == bindparam("appointment_id", type_=Uuid), reminder_links.c.cancelled_at.is_not(None))
# By the clock that has dated what they said; `now` is when they were answered, by the practice's.
_until = reminder_links.c.cancelled_at <= bindparam("asked_at", type_=DateTime(timezone=True))
mark_declined = command(update(reminder_links).where(*_asked, _until).values(declined_at=_now))
# The one that was answered last.
last_declined = query(
    select(reminder_links).where(*_asked, reminder_links.c.declined_at.is_not(None)).order_by(reminder_links.c.declined_at.desc()).limit(1)
)
# One by which the client has said that they cannot come at this time, and was not answered.
_at = reminder_links.c.starts_at == bindparam("starts_at", type_=DateTime(timezone=True))
waiting = query(select(reminder_links.c.id).where(*_asked, _at, reminder_links.c.declined_at.is_(None)).limit(1))

erase_links = command(delete(reminder_links).where(reminder_links.c.client_id == _client_id))

# --- who wants no more

opt_out = command(
    upsert(reminder_opt_outs)
    .values(workspace_id=_workspace, client_id=_client_id, channel=_channel, opted_out_at=_now)
    .on_conflict_do_nothing()
)

# The client's own, and that of everybody who was merged into them: it is one person.
_same = select(_client_id.label("id")).cte("same_person", recursive=True)
_same = _same.union(select(merged_clients.c.id).join(_same, merged_clients.c.merged_into == _same.c.id))
_of_person = reminder_opt_outs.c.client_id.in_(select(_same.c.id))
opt_outs_of = query(select(reminder_opt_outs.c.channel).where(_of_person))
# Of one channel, or of all where none is given.
_given = bindparam("channel", type_=Text)
take_back = command(
    delete(reminder_opt_outs)
    .where(_of_person, or_(_given.is_(None), reminder_opt_outs.c.channel == _given))
    .returning(reminder_opt_outs.c.channel)
)

erase_opt_outs = command(delete(reminder_opt_outs).where(reminder_opt_outs.c.client_id == _client_id))

# The newest first.
page = query(
    select(reminder_opt_outs)
    .order_by(reminder_opt_outs.c.opted_out_at.desc(), reminder_opt_outs.c.client_id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
count = query(select(func.count().label("total")).select_from(reminder_opt_outs))
