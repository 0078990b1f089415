"""The NoteTemplates service: each method is one use case and one transaction."""

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import note_templates_pb2 as pb
from caseload.clinical.v1.note_templates_rpc import NoteTemplatesServicer
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.fields import given, masked
from chassis.work.unit_of_work import UnitOfWork
from clinical.note_templates import mapping, rules, store


class NoteTemplates(NoteTemplatesServicer[UnitOfWork]):
    """Keys are fetched before the first statement, so that no transaction is open meanwhile."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def CreateNoteTemplate(self, request: pb.CreateNoteTemplateRequest, work: UnitOfWork) -> pb.NoteTemplate:
        content = given(request) | {"is_active": True}
        rules.check_template(content)
        owner = work.user_id if rules.is_personal(work.caller.scopes, wanted=content["is_personal"]) else None
        rules.check_may_change(owner, work.caller.scopes)
        keys = await self._keys.of(work.workspace_id)
        times = dict.fromkeys(("created_at", "updated_at"), work.now)
        made = {"id": uuid7(), "version": 1, "owner_user_id": owner, "is_active": True, **times}
        sealed = mapping.seal(content, keys, made, work)
        row = await work.db.one(store.create, id=made["id"], owner_user_id=owner, sealed=sealed, now=work.now)
        return mapping.from_row(row, keys)

    async def ListNoteTemplates(self, request: pb.ListNoteTemplatesRequest, work: UnitOfWork) -> pb.NoteTemplatePage:
        window = page(request)
        filters = {"is_active": request.is_active} if request.HasField("is_active") else {}
        keys = await self._keys.of(work.workspace_id)
        found = await work.db.all(store.page(filters), user_id=work.user_id, limit=window.limit, offset=window.offset, **filters)
        total = await work.db.one(store.count(filters), user_id=work.user_id, **filters)
        return pb.NoteTemplatePage(items=[mapping.from_row(row, keys) for row in found], total=total["total"])

    async def UpdateNoteTemplate(self, request: pb.UpdateNoteTemplateRequest, work: UnitOfWork) -> pb.NoteTemplate:
        changes = masked(request, rules.EDITABLE)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.template_id, user_id=work.user_id)
        rules.check_may_change(row["owner_user_id"], work.caller.scopes)
        template = mapping.from_row(row, keys)
        content = mapping.values(template) | changes
        if content == mapping.values(template):
            return template
        rules.check_template(content)
        changed = {**row, "version": row["version"] + 1, "is_active": content["is_active"], "updated_at": work.now}
        sealed = mapping.seal(content, keys, changed, work)
        saved = await work.db.one(store.save, id=row["id"], is_active=content["is_active"], sealed=sealed, now=work.now)
        return mapping.from_row(saved, keys)

    async def DeleteNoteTemplate(self, request: pb.DeleteNoteTemplateRequest, work: UnitOfWork) -> pb.DeleteNoteTemplateResponse:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.template_id, user_id=work.user_id)
        rules.check_may_change(row["owner_user_id"], work.caller.scopes)
        await work.db.run(store.remove, id=row["id"])
        mapping.TEMPLATES.gone(row, keys, work)
        return pb.DeleteNoteTemplateResponse()
