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


async def test_everybody_sees_their_own_workspace(door, practice, hospital):
    for place, kind in ((practice, pb.WORKSPACE_KIND_PRACTICE), (hospital, pb.WORKSPACE_KIND_HOSPITAL)):
        workspace = await door.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), await door.enter(place.head))
        assert (workspace.id, workspace.name, workspace.kind) == (str(place.workspace_id), "Lakeside", kind)
        assert (workspace.time_zone, workspace.locale, workspace.status) == ("Europe/London", "en-GB", pb.WORKSPACE_STATUS_ACTIVE)


async def test_a_workspace_is_changed_field_by_field(door, practice):
    caller = await door.enter(practice.head)
    settings = ParseDict({"week_starts": "sun", "colours": ["teal"]}, Struct())
    await door.workspaces.UpdateWorkspace(change(name="Seaside", phone="+44 20 7946 0001", settings=settings), caller)
    changed = await door.workspaces.UpdateWorkspace(change(phone=None, time_zone="America/New_York"), caller)

    assert (changed.name, changed.time_zone, changed.locale) == ("Seaside", "America/New_York", "en-GB")
    assert changed.settings == settings
    assert not changed.HasField("phone")
    assert changed == await door.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), caller)


async def test_changing_one_workspace_leaves_the_others(door, practice, hospital):
    before = await door.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), await door.enter(hospital.head))
    await door.workspaces.UpdateWorkspace(change(name="Seaside"), await door.enter(practice.head))

    assert await door.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), await door.enter(hospital.head)) == before


@pytest.mark.parametrize(
    "values", [{"name": " "}, {"name": None}, {"time_zone": "Mars/Olympus"}, {"locale": "english"}, {"settings": None}, {"phone": "1" * 51}]
)
async def test_what_a_workspace_cannot_be_is_refused(door, practice, values):
    with pytest.raises(Invalid) as refused:
        await door.workspaces.UpdateWorkspace(change(**values), await door.enter(practice.head))
    assert refused.value.faults[0].pointer == f"/{next(iter(values))}"


async def test_only_those_who_run_it_change_a_workspace(door, practice):
    with pytest.raises(Forbidden):
        await door.workspaces.UpdateWorkspace(change(name="Mine now"), await door.enter(await practice.hire("therapist")))


async def test_opening_a_workspace_is_announced(door, practice):
    assert await door.house.emitted(events_pb2.WorkspaceOpened, practice.workspace_id) == [
        events_pb2.WorkspaceOpened(workspace_id=str(practice.workspace_id))
    ]


async def test_the_demo_opens_once_however_often_it_is_asked(door):
    runtime = door.house.runtime("identity")
    first = await demo.open_demo(runtime)
    again = await asyncio.gather(*(demo.open_demo(runtime) for _ in range(3)))

    assert all(opened == first for opened in again)
    assert [person.email for person in first] == ["owner@example.com", "admin@example.com", "platform@example.com"]
    for person in first:
        request = sign_in_pb2.LoginRequest(email=person.email, password=demo.PASSWORD)
        signed_in = await door.sign_in.Login(request, door.house.nobody())
        assert signed_in.user.is_platform_admin == (person.email == "platform@example.com")


async def test_two_who_open_a_workspace_for_one_address_at_once_open_one(door):
    opened = await asyncio.gather(*(door.open(owner_email="twice@example.com") for _ in range(5)))

    assert len({place.workspace_id for place in opened}) == 1
    assert len(await door.house.emitted(events_pb2.WorkspaceOpened, opened[0].workspace_id)) == 1
