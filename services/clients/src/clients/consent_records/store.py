"""Statements on consents. Row security limits every one to the caller's workspace."""

from typing import Any

from sqlalchemy import ARRAY, Integer, Text, Uuid, any_, bindparam, delete, func, insert, select, update

from chassis.db.statement import command, query
from clients.tables import consents

_id = bindparam("id", type_=Uuid)
# The ids of one person: a client's, and those of all who were merged into them.
_of_person = consents.c.client_id == any_(bindparam("client_ids", type_=ARRAY(Uuid)))
_in_force = consents.c.withdrawn_at.is_(None)


def _named(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


add = command(
    insert(consents)
    .values(version=1, **_named("workspace_id", "id", "client_id", "purpose", "sealed", "given_at", "recorded_by", "created_at"))
    .returning(consents)
)

# Ids begin with the time: by id, backwards, the newest record is the first.
page = query(
    select(consents)
    .where(_of_person)
    .order_by(consents.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
count = query(select(func.count().label("total")).select_from(consents).where(_of_person))

get = query(select(consents).where(consents.c.id == _id, _of_person))
in_force = query(
    select(consents).where(_of_person, consents.c.purpose == bindparam("purpose", type_=Text), _in_force).order_by(consents.c.id)
)
withdraw = command(
    update(consents)
    .where(consents.c.id == _id)
    .values(
        sealed=bindparam("sealed"),
        version=bindparam("version"),
        withdrawn_at=bindparam("withdrawn_at", type_=consents.c.withdrawn_at.type),
        withdrawn_by=bindparam("withdrawn_by", type_=Uuid),
    )
    .returning(consents)
)

# No row of a client who has never given one.
consents_to_reminders = query(
    select(
        func.bool_and(~_in_force).label("are_withdrawn"),
        func.max(consents.c.withdrawn_at).label("last_withdrawn_at"),
        # When it was recorded: nobody agrees anew by a date that lies before.
        func.max(consents.c.created_at).filter(_in_force).label("newest_in_force"),
    )
    .where(_of_person, consents.c.purpose == "reminders")
    .group_by(consents.c.client_id)
)

erase = command(delete(consents).where(_of_person).returning(consents.c.id, consents.c.version))
