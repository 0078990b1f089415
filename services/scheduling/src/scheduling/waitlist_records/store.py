"""Statements on the entries of one client. Row security limits every one to the caller's workspace."""

from sqlalchemy import Integer, Uuid, bindparam, delete, select, update

from chassis.db.statement import command
from scheduling.tables import waitlist_entries

_e = waitlist_entries.c
_id = bindparam("id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)

# Before the client is locked: whoever accepts an offer has locked its entry, and then books for its client.
lock_of_client = command(select(_e.id).where(_e.client_id == _client_id).order_by(_e.created_at, _e.id).with_for_update())

# With all offers. What is held for one lapses by itself.
erase = command(delete(waitlist_entries).where(_e.client_id == _client_id))

next_of_client = command(
    select(_e.id, _e.client_id, _e.version)
    .where(_e.client_id == _client_id)
    .order_by(_e.created_at, _e.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update()
)
lock = command(select(_e.id, _e.client_id, _e.version).where(_e.id == _id).with_for_update())

give = command(update(waitlist_entries).where(_e.id == _id).values(client_id=_client_id, version=_e.version + 1))
