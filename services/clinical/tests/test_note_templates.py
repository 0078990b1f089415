"""Templates for notes: the workspace's and each user's own, and notes that begin with one."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clinical.v1 import note_templates_pb2 as pb
from caseload.clinical.v1.note_templates_rpc import NoteTemplatesStub
from chassis.errors import Forbidden, Invalid, NotFound

from .conftest import Practice, without_none


@dataclass
class Templates:
    """Templates as a member of a workspace asks for them. Requests are valid, except for the fields that the test sets."""

    practice: Practice

    @property
    def stub(self) -> NoteTemplatesStub:
        return self.practice.environment.stub(NoteTemplatesStub)

    async def make(self, **but: Any) -> pb.NoteTemplate:
        given = {"name": "First visit", "subjective": "Complains of", "plan": "Rest.", **but}
        return await self.stub.CreateNoteTemplate(pb.CreateNoteTemplateRequest(**without_none(given)), self.practice.call)

    async def names(self, **filters: Any) -> list[str]:
        page = await self.stub.ListNoteTemplates(pb.ListNoteTemplatesRequest(**filters), self.practice.call)
        assert page.total == len(page.items)
        return [template.name for template in page.items]

    async def change(self, template: pb.NoteTemplate, **changes: Any) -> pb.NoteTemplate:
        mask = FieldMask(paths=list(changes))
        request = pb.UpdateNoteTemplateRequest(template_id=template.id, mask=mask, **without_none(changes))
        return await self.stub.UpdateNoteTemplate(request, self.practice.call)

    async def delete(self, template: pb.NoteTemplate) -> None:
        await self.stub.DeleteNoteTemplate(pb.DeleteNoteTemplateRequest(template_id=template.id), self.practice.call)


@pytest.fixture
def templates(practice):
    return Templates(practice)


@pytest.fixture
def therapist(practice):
    """Somebody of the workspace who writes notes and may not change what it offers."""
    return Templates(practice.colleague().only("sessions:read", "sessions:write", "clients:read"))


async def test_a_note_begins_with_the_texts_of_its_template_but_for_those_it_has(practice, templates):
    template = await templates.make(assessment="", objective=None)
    note = await practice.write(template_id=template.id, plan="Walk.", subjective=None)

    assert (note.template_id, note.subjective, note.plan) == (template.id, "Complains of", "Walk.")
    assert not note.HasField("objective")
    await templates.change(template, subjective="Something else")
    await templates.delete(template)
    assert await practice.get(note.id) == note
    assert (await practice.finalize(note)).template_id == template.id


async def test_personal_templates_are_seen_by_their_owner_alone(practice, templates, therapist):
    shared = await templates.make(name="shared")
    own = await therapist.make(name="own")
    mine = await templates.make(name="mine", is_personal=True)

    assert (await templates.names(), await therapist.names()) == (["shared", "mine"], ["shared", "own"])
    assert (shared.HasField("owner_user_id"), own.owner_user_id) == (False, str(therapist.practice.user_id))
    for attempt in (therapist.change(mine, name="x"), therapist.delete(mine), therapist.practice.write(template_id=mine.id)):
        with pytest.raises(NotFound):
            await attempt
    assert (await therapist.practice.write(template_id=own.id)).plan == "Rest."


async def test_the_workspaces_templates_are_changed_by_those_who_may_change_what_it_offers(templates, therapist):
    shared = await templates.make()
    for attempt in (therapist.make(is_personal=False), therapist.change(shared, name="x"), therapist.delete(shared)):
        with pytest.raises(Forbidden):
            await attempt
    assert await therapist.names() == ["First visit"]


async def test_a_template_is_changed_in_what_is_sent_and_a_change_of_nothing_changes_nothing(templates):
    template = await templates.make(objective="BP")
    changed = await templates.change(template, name="Second visit", objective=None)

    assert (changed.name, changed.subjective, changed.plan) == ("Second visit", "Complains of", "Rest.")
    assert not changed.HasField("objective")
    assert await templates.change(changed, name="Second visit") == changed
    await templates.delete(changed)
    assert await templates.names() == []


async def test_nothing_begins_with_a_template_that_is_not_active(practice, templates):
    template = await templates.change(await templates.make(), is_active=False)
    with pytest.raises(NotFound):
        await practice.write(template_id=template.id)
    assert (await templates.names(is_active=True), await templates.names(is_active=False)) == ([], ["First visit"])
    assert await practice.count("sessions") == 0


@pytest.mark.parametrize(
    ("but", "where"), [({"name": " "}, "/name"), ({"name": "x" * 256}, "/name"), ({"plan": "x" * 5001}, "/plan"), ({"name": ""}, "/name")]
)
async def test_an_invalid_template_is_refused(practice, templates, but, where):
    with pytest.raises(Invalid) as refused:
        await templates.make(**but)
    assert [fault.pointer for fault in refused.value.faults] == [where]
    template = await templates.make()
    with pytest.raises(Invalid):
        await templates.change(template, **but)
    with pytest.raises(Invalid):
        await templates.change(template, is_active=None)
    assert await practice.count("note_templates") == 1


async def test_another_workspaces_template_is_not_found(practice, neighbour, templates):
    template = await templates.make()
    theirs = Templates(neighbour)
    for attempt in (
        theirs.change(template, name="x"),
        theirs.delete(template),
        neighbour.write(template_id=template.id),
        practice.write(template_id=str(uuid4())),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await theirs.names() == []


async def test_what_a_template_says_is_sealed_and_its_changes_are_on_record(practice, templates):
    template = await templates.make(name="a canary")
    await templates.change(template, name="another")
    await templates.delete(template)
    for event_type in ("create_note_template", "update_note_template", "delete_note_template"):
        (line,) = await practice.audited(event_type)
        assert line.resource_id == template.id
    kept = await templates.make(plan="a canary in the plan")
    async with practice.environment.superuser() as db:
        row = await db.fetchrow("SELECT * FROM clinical.note_templates WHERE workspace_id = $1", practice.workspace_id)
    assert b"canary" not in row["sealed"]
    assert str(row["id"]) == kept.id
