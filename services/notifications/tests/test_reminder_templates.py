"""The workspace's own texts: which rule uses which, and what is mailed then."""

from datetime import timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.notifications.v1 import reminder_templates_pb2 as pb
from caseload.notifications.v1 import reminders_pb2
from caseload.notifications.v1.reminder_templates_rpc import ReminderTemplatesStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound

SOON = timedelta(minutes=30)


def stub(practice):
    return practice.environment.stub(ReminderTemplatesStub)


async def create(practice, **but):
    request = {"name": "Kurz", "locale": "de", "subject": "Termin bei {practice}", "text": "{first_name}: {date}, {time}", **but}
    return await stub(practice).CreateReminderTemplate(pb.CreateReminderTemplateRequest(**request), practice.call)


async def update(practice, template, **changes):
    request = pb.UpdateReminderTemplateRequest(template_id=template.id, mask=FieldMask(paths=list(changes)), **changes)
    return await stub(practice).UpdateReminderTemplate(request, practice.call)


async def use(practice, template):
    """Has the workspace's only rule use the template, or none."""
    (rule,) = await practice.rules()
    request = reminders_pb2.UpdateConfigurationRequest(
        configuration_id=rule.id, mask=FieldMask(paths=["template_id"]), template_id=template and template.id
    )
    return await practice.stub.UpdateConfiguration(request, practice.call)


async def mailed(practice, mail_server):
    client = await practice.client()
    await practice.finished_reminder(await practice.book(client, SOON))
    (mail,) = mail_server.to(client.email)
    return mail


async def test_a_rule_mails_its_own_text_as_it_is_when_it_is_mailed(practice, mail_server):
    template = await create(practice, html="<p>{date}</p><p>{time}</p>")
    assert (await use(practice, template)).template_id == template.id
    mail = await mailed(practice, mail_server)
    assert mail["Subject"] == "Termin bei Lakeside & Partners"
    assert mail.get_body(("plain",)).get_content().startswith("Ada: ")
    assert '<html lang="de" dir="ltr">' in mail.get_body(("html",)).get_content()

    await update(practice, template, subject="Bis bald", html=None)
    mail = await mailed(practice, mail_server)
    assert mail["Subject"] == "Bis bald"
    assert "pre-line" in mail.get_body(("html",)).get_content()

    # One that is not active is not used, and a rule can have none.
    await update(practice, template, is_active=False)
    assert (await mailed(practice, mail_server))["Subject"].startswith("Your appointment on")
    await update(practice, template, is_active=True)
    assert not (await use(practice, None)).HasField("template_id")
    assert (await mailed(practice, mail_server))["Subject"].startswith("Your appointment on")


async def test_without_a_text_of_its_own_a_hebrew_practice_mails_in_hebrew(practice, mail_server):
    await practice.look("UPDATE identity.workspaces SET locale = 'he' WHERE workspace_id = $1", practice.workspace_id)
    mail = await mailed(practice, mail_server)
    assert mail["Subject"].startswith("התור שלך")
    assert '<html lang="he" dir="rtl">' in mail.get_body(("html",)).get_content()


async def test_a_template_that_a_rule_uses_is_not_deleted(practice):
    template, other = await create(practice), await create(practice, name="Lang")
    await use(practice, template)
    request = pb.DeleteReminderTemplateRequest(template_id=template.id)
    with pytest.raises(Conflict) as refused:
        await stub(practice).DeleteReminderTemplate(request, practice.call)
    assert refused.value.code == "reminder_template_used"

    await use(practice, other)
    await stub(practice).DeleteReminderTemplate(request, practice.call)
    with pytest.raises(NotFound):
        await stub(practice).DeleteReminderTemplate(request, practice.call)
    page = await stub(practice).ListReminderTemplates(pb.ListReminderTemplatesRequest(), practice.call)
    assert ([item.id for item in page.items], page.total) == ([other.id], 1)


async def test_another_workspaces_template_is_not_there(practice, neighbour):
    theirs = await create(neighbour)
    with pytest.raises(NotFound):
        await use(practice, theirs)
    with pytest.raises(NotFound):
        await update(practice, theirs, name="Mine")
    with pytest.raises(NotFound):
        await stub(practice).DeleteReminderTemplate(pb.DeleteReminderTemplateRequest(template_id=theirs.id), practice.call)
    with pytest.raises(NotFound):
        await stub(practice).PreviewReminderTemplate(pb.PreviewReminderTemplateRequest(template_id=theirs.id), practice.call)
    assert (await stub(practice).ListReminderTemplates(pb.ListReminderTemplatesRequest(), practice.call)).total == 0


async def test_a_preview_is_of_the_workspace_and_of_nobody(practice):
    template = await create(practice, text="{first_name} bei {practice}: {date}, {time}")
    shown = await stub(practice).PreviewReminderTemplate(pb.PreviewReminderTemplateRequest(template_id=template.id), practice.call)
    assert shown.subject == "Termin bei Lakeside & Partners"
    assert shown.text.startswith("Anna bei Lakeside & Partners: ")
    assert "14:30" in shown.text
    assert 'lang="de"' in shown.html
    # What a client can do is under it, as in the mail, by links that lead nowhere.
    for word, page in (("Ich komme", "confirm"), ("Ich kann nicht kommen", "cancel"), ("Keine Erinnerungen mehr", "unsubscribe")):
        assert f"{word}:\nhttp://127.0.0.1:8000/reminder/{page}?token=xxx" in shown.text
        assert f">{word}</a>" in shown.html


async def test_what_is_wrong_changes_nothing_and_whoever_only_reads_writes_nothing(practice):
    template = await create(practice)
    with pytest.raises(Invalid):
        await update(practice, template, text="Bald")
    with pytest.raises(Invalid):
        await update(practice, template, locale="klingon")
    with pytest.raises(Invalid):
        await update(practice, template, subject=None)
    reader = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["reminders:read"])
    page = await stub(practice).ListReminderTemplates(pb.ListReminderTemplatesRequest(), reader)
    assert list(page.items) == [template]
    with pytest.raises(Forbidden):
        await stub(practice).DeleteReminderTemplate(pb.DeleteReminderTemplateRequest(template_id=template.id), reader)
