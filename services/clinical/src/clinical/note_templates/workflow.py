"""Begins a note with a template."""

from caseload.clinical.v1 import sessions_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clinical.note_templates import mapping, rules, store


async def begin(note: sessions_pb2.Session, template_id: str, keys: WorkspaceKeys, work: UnitOfWork) -> None:
    """Sets the texts that the note does not have to the template's. NotFound unless it is active and the caller may see it."""
    template = mapping.from_row(await work.db.one(store.get_active, id=template_id, user_id=work.user_id), keys)
    note.template_id = template.id
    for name in rules.TEXTS:
        if template.HasField(name) and not note.HasField(name):
            setattr(note, name, getattr(template, name))
