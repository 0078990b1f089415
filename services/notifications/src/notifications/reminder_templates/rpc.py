"""The ReminderTemplates service: each method is one use case and one transaction."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.notifications.v1 import reminder_templates_pb2 as pb
from caseload.notifications.v1.reminder_templates_rpc import ReminderTemplatesServicer
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.paging import page
from chassis.protobuf.fields import fill, given, masked
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates, message
from notifications.reminder_links.workflow import Links, links_of
from notifications.reminder_templates import rendering, rules, store, text_messages

_NOBODY = UUID(int=0)


class ReminderTemplates(ReminderTemplatesServicer[UnitOfWork]):
    """`public_url` is where the links in reminders lead."""

    def __init__(self, workspaces: WorkspacesStub, *, public_url: str) -> None:
        self._workspaces = workspaces
        self._public_url = public_url

    async def CreateReminderTemplate(self, request: pb.CreateReminderTemplateRequest, work: UnitOfWork) -> pb.ReminderTemplate:
        content = given(request)
        if content["is_active"] is None:
            content["is_active"] = True
        _check(content)
        return fill(pb.ReminderTemplate(), await work.db.one(store.create, id=uuid7(), now=work.now, **content))

    async def ListReminderTemplates(self, request: pb.ListReminderTemplatesRequest, work: UnitOfWork) -> pb.ReminderTemplatePage:
        window = page(request)
        found = await work.db.all(store.page, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count)
        return pb.ReminderTemplatePage(items=[fill(pb.ReminderTemplate(), row) for row in found], total=total["total"])

    async def UpdateReminderTemplate(self, request: pb.UpdateReminderTemplateRequest, work: UnitOfWork) -> pb.ReminderTemplate:
        changes = masked(request, rules.EDITABLE)
        row = await work.db.one(store.lock, id=request.template_id)
        kept = {name: row[name] for name in rules.EDITABLE}
        content = kept | changes
        if content == kept:
            return fill(pb.ReminderTemplate(), row)
        _check(content)
        if content["is_active"] and await work.db.maybe(store.is_text_message, id=row["id"]) is not None:
            text_messages.check_template(content["text"], pointer="/text")
        return fill(pb.ReminderTemplate(), await work.db.one(store.save, id=row["id"], now=work.now, **content))

    async def DeleteReminderTemplate(
        self, request: pb.DeleteReminderTemplateRequest, work: UnitOfWork
    ) -> pb.DeleteReminderTemplateResponse:
        row = await work.db.one(store.lock, id=request.template_id)
        rules.check_unused((await work.db.one(store.count_rules, id=row["id"]))["number"])
        await work.db.run(store.remove, id=row["id"])
        return pb.DeleteReminderTemplateResponse()

    async def PreviewReminderTemplate(self, request: pb.PreviewReminderTemplateRequest, work: UnitOfWork) -> pb.ReminderPreview:
        workspace = await self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        template = rendering.ReminderText.of(await work.db.one(store.get, id=request.template_id), workspace.locale)
        zone = dates.zone("", workspace.time_zone)
        # Tomorrow at half past two.
        starts_at = (work.now.astimezone(zone) + timedelta(days=1)).replace(hour=14, minute=30, second=0, microsecond=0)
        name = rendering.own_texts(template.locale.language)["sample_name"]
        values = rendering.values(template.locale, workspace, first_name=name, starts_at=starts_at, zone=zone)
        rendered = rendering.render(template, values)
        shown = rendering.with_links(rendered, template.locale.language, **asdict(self._links()))
        html = message.page(shown.html, language=shown.language, direction=shown.direction)
        return pb.ReminderPreview(
            subject=shown.subject, text=shown.text, html=html, text_message=self._text_message(template, rendered.text)
        )

    def _text_message(self, template: rendering.ReminderText, text: str) -> pb.TextMessagePreview:
        language = template.locale.language
        opt_out = rendering.labelled(rendering.own_texts(language)["opt_out"], language)
        whole = text_messages.with_link(text, opt_out=opt_out, link=self._links().opt_out)
        found = text_messages.measured(whole)
        return pb.TextMessagePreview(
            text=whole,
            encoding=f"TEXT_MESSAGE_ENCODING_{found.encoding.upper()}",
            characters=found.characters,
            parts=found.parts,
            is_too_long=text_messages.is_too_long(whole),
        )

    def _links(self) -> Links:
        """Links that lead nowhere, of the length of those that do."""
        token = "".ljust(len(str(OpaqueToken.generate(_NOBODY, _NOBODY))), "x")
        return links_of(token, public_url=self._public_url)


def _check(content: Mapping[str, Any]) -> None:
    rules.check_template(content, locale_is_known=dates.is_known(content["locale"] or ""))
