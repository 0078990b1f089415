"""Statements on the consents to reminders. Row security limits every one to the caller's workspace."""

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from notifications.tables import reminder_consents

_workspace = bindparam("workspace_id", type_=Uuid)
_client_id = bindparam("client_id", type_=Uuid)

_consent = {"workspace_id": _workspace, "client_id": _client_id, "consent_id": bindparam("consent_id", type_=Uuid)}
record_consent = command(upsert(reminder_consents).values(is_withdrawn=False, **_consent).on_conflict_do_nothing())
record_withdrawal = command(
    upsert(reminder_consents)
    .values(is_withdrawn=True, **_consent)
    .on_conflict_do_update(constraint="pk_reminder_consents", set_={"is_withdrawn": True})
)
all_are_withdrawn = func.bool_and(reminder_consents.c.is_withdrawn)
# Those of the clients who want no reminders any more.
who_take_none = query(
    select(reminder_consents.c.client_id)
    .where(reminder_consents.c.client_id == any_(bindparam("client_ids", type_=ARRAY(Uuid))))
    .group_by(reminder_consents.c.client_id)
    .having(all_are_withdrawn)
)

erase_consents = command(delete(reminder_consents).where(reminder_consents.c.client_id == _client_id))
