import asyncio

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from caseload.identity.v1 import events_pb2, sign_in_pb2
from caseload.identity.v1 import workspaces_pb2 as pb
from chassis.errors import Forbidden, Invalid
from identity import demo


def change(**values):
    sent = {name: value for name, value in values.items() if value is not None}
    return pb.UpdateWorkspaceRequest(mask=FieldMask(paths=list(values)), **sent)


async def test_users_see_their_own_workspace(service, practice, hospital):
    for place, kind in ((practice, pb.WORKSPACE_KIND_PRACTICE), (hospital, pb.WORKSPACE_KIND_HOSPITAL)):
        workspace = await service.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), await service.signed_in(place.administrator))
        assert (workspace.id, workspace.name, workspace.kind) == (str(place.workspace_id), "Lakeside", kind)
        assert (workspace.time_zone, workspace.locale, workspace.status) == ("Europe/London", "en-GB", pb.WORKSPACE_STATUS_ACTIVE)


async def test_an_update_changes_the_named_fields_of_a_workspace(service, practice):
    caller = await service.signed_in(practice.administrator)
    settings = ParseDict({"week_starts": "sun", "colours": ["teal"]}, Struct())
    await service.workspaces.UpdateWorkspace(change(name="Seaside", phone="+44 20 7946 0001", settings=settings), caller)
    changed = await service.workspaces.UpdateWorkspace(change(phone=None, time_zone="America/New_York"), caller)

    assert (changed.name, changed.time_zone, changed.locale) == ("Seaside", "America/New_York", "en-GB")
    assert changed.settings == settings
    assert not changed.HasField("phone")
    assert changed == await service.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), caller)


async def test_the_trail_says_what_of_a_workspace_was_changed(service, practice):
    caller = await service.signed_in(practice.administrator)
    settings = ParseDict({"second_factor_required": ["therapist"], "cosign_hours": 24}, Struct())
    await service.workspaces.UpdateWorkspace(change(phone="+44 20 7946 0001", settings=settings), caller)
    await service.workspaces.UpdateWorkspace(change(settings=ParseDict({"cosign_hours": 24}, Struct())), caller)

    first, second = await service.lines("update_workspace", practice.workspace_id)
    assert first.facts == {"changed": "phone settings", "second_factor_required": '["therapist"]', "cosign_hours": "24"}
    assert second.facts == {"changed": "settings", "second_factor_required": "null"}


async def test_an_update_changes_no_other_workspace(service, practice, hospital):
    before = await service.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), await service.signed_in(hospital.administrator))
    await service.workspaces.UpdateWorkspace(change(name="Seaside"), await service.signed_in(practice.administrator))

    assert await service.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), await service.signed_in(hospital.administrator)) == before


@pytest.mark.parametrize(
    "values", [{"name": " "}, {"name": None}, {"time_zone": "Mars/Olympus"}, {"locale": "english"}, {"settings": None}, {"phone": "1" * 51}]
)
async def test_invalid_values_of_a_workspace_are_refused(service, practice, values):
    with pytest.raises(Invalid) as refused:
        await service.workspaces.UpdateWorkspace(change(**values), await service.signed_in(practice.administrator))
    assert refused.value.faults[0].pointer == f"/{next(iter(values))}"


async def test_only_administrators_change_a_workspace(service, practice):
    with pytest.raises(Forbidden):
        await service.workspaces.UpdateWorkspace(change(name="Mine now"), await service.signed_in(await practice.add_user("therapist")))


async def test_opening_a_workspace_emits_an_event(service, practice):
    assert await service.environment.emitted(events_pb2.WorkspaceOpened, practice.workspace_id) == [
        events_pb2.WorkspaceOpened(workspace_id=str(practice.workspace_id))
    ]


async def test_the_demo_workspaces_are_opened_once(service):
    runtime = service.environment.runtime("identity")
    first = await demo.open_demo(runtime)
    again = await asyncio.gather(*(demo.open_demo(runtime) for _ in range(3)))

    assert all(opened == first for opened in again)
    assert [person.email for person in first] == ["owner@example.com", "admin@example.com", "platform@example.com"]
    for person in first:
        request = sign_in_pb2.LoginRequest(email=person.email, password=demo.PASSWORD)
        signed_in = (await service.sign_in.Login(request, service.environment.nobody())).signed_in
        assert signed_in.user.is_platform_admin == (person.email == "platform@example.com")


async def test_requests_at_the_same_moment_open_one_workspace_per_address(service):
    opened = await asyncio.gather(*(service.open_workspace(owner_email="twice@example.com") for _ in range(5)))

    assert len({place.workspace_id for place in opened}) == 1
    assert len(await service.environment.emitted(events_pb2.WorkspaceOpened, opened[0].workspace_id)) == 1
