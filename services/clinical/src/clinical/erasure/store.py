"""What is held on one client. Versions and history go with their notes."""

from sqlalchemy import Uuid, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.db.statement import statement
from clinical.tables import attachments, clients, sessions

_client_id = bindparam("client_id", type_=Uuid)

# First of all: whoever is writing a note of this client ends before, or is refused after.
erase = statement(
    insert(clients)
    .values(workspace_id=bindparam("workspace_id"), id=_client_id, erased_at=bindparam("now"))
    .on_conflict_do_update(constraint="pk_clients", set_={"erased_at": bindparam("now", type_=clients.c.erased_at.type)})
)

# Next, so that nobody adds a file to a note that is about to go.
lock_notes = statement(select(sessions.c.id).where(sessions.c.client_id == _client_id).order_by(sessions.c.id).with_for_update())

remove_attachments = statement(
    delete(attachments).where(attachments.c.client_id == _client_id).returning(attachments.c.id, attachments.c.file_size_bytes)
)

remove_notes = statement(delete(sessions).where(sessions.c.client_id == _client_id).returning(sessions.c.status, sessions.c.deleted_at))
