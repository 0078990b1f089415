"""Plans of care: made, changed, ended, deleted and listed."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import plans_pb2 as pb
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Stale

from .planning import ACTIVE, COMPLETED, DISCONTINUED, Planning


@pytest.fixture
def planning(practice):
    return Planning(practice)


async def test_a_plan_is_returned_as_it_was_made(planning):
    plan = await planning.plan(
        diagnosis="Torn meniscus", diagnosis_code="s83.2", goals=["Stairs", "Swim"], start_date="2026-03-02", end_date="2026-06-01"
    )
    assert (plan.title, plan.diagnosis, plan.diagnosis_code, plan.goals) == ("Walk again", "Torn meniscus", "S83.2", ["Stairs", "Swim"])
    assert (plan.start_date, plan.end_date, plan.status, plan.version) == ("2026-03-02", "2026-06-01", ACTIVE, 1)
    assert plan.client_id == planning.practice.client_id
    assert await planning.get(plan.id) == plan


async def test_a_client_may_have_several_active_plans(planning):
    plans = [await planning.plan(title=title) for title in ("Knee", "Sleep")]
    assert list((await planning.page(client_id=planning.practice.client_id, status=ACTIVE)).items) == plans[::-1]


async def test_a_plan_needs_an_active_client_of_this_workspace(planning, neighbour):
    for client_id in (str(uuid4()), neighbour.client_id):
        with pytest.raises(NotFound):
            await planning.plan(client_id=client_id)
    request = clients_pb2.UpdateClientRequest(client_id=planning.practice.client_id, mask=FieldMask(paths=["is_active"]), is_active=False)
    await planning.practice.environment.stub(ClientsStub).UpdateClient(request, planning.practice.call)
    with pytest.raises(Invalid, match="inactive") as refused:
        await planning.plan()
    assert refused.value.code == "client_inactive"
    assert (await planning.page()).total == 0


async def test_a_plan_of_a_client_who_became_inactive_can_still_be_ended(planning):
    plan = await planning.plan()
    request = clients_pb2.UpdateClientRequest(client_id=planning.practice.client_id, mask=FieldMask(paths=["is_active"]), is_active=False)
    await planning.practice.environment.stub(ClientsStub).UpdateClient(request, planning.practice.call)
    assert (await planning.change(plan.id, status=DISCONTINUED)).status == DISCONTINUED


async def test_a_change_sets_what_it_names_and_makes_a_version(planning):
    plan = await planning.plan(diagnosis="Torn meniscus", start_date="2026-03-02")
    changed = await planning.change(plan.id, seen=1, goals=["Dance"], diagnosis=None, end_date="2026-04-01")
    assert (changed.goals, changed.HasField("diagnosis"), changed.start_date, changed.end_date) == (
        ["Dance"],
        False,
        "2026-03-02",
        "2026-04-01",
    )
    assert changed.version == 2

    newest, first = await planning.versions(plan.id)
    assert (first.version_number, first.diagnosis, first.goals, first.status) == (1, "Torn meniscus", ["Stairs", "A mile"], ACTIVE)
    assert (newest.version_number, newest.HasField("diagnosis"), newest.goals) == (2, False, ["Dance"])
    assert newest.created_by_user_id == str(planning.practice.user_id)


async def test_a_change_that_changes_nothing_makes_no_version_and_no_event(planning):
    plan = await planning.plan()
    assert await planning.change(plan.id, title=" Walk again ", goals=["Stairs", "A mile"]) == plan
    # As somebody does who hears nothing of the first attempt.
    changed = await planning.change(plan.id, seen=1, title="Walk")
    assert await planning.change(plan.id, seen=1, title="Walk") == changed
    assert len(await planning.versions(plan.id)) == 2
    assert await planning.told() == ["plan_updated", "plan_created"]


async def test_a_change_of_an_older_version_is_refused_and_changes_nothing(planning):
    plan = await planning.plan()
    changed = await planning.change(plan.id, seen=1, title="Walk")
    with pytest.raises(Stale) as refused:
        await planning.change(plan.id, seen=1, title="Run")
    assert refused.value.facts["current_version"] == 2
    assert await planning.get(plan.id) == changed


async def test_of_changes_at_once_on_one_version_one_is_made(planning):
    plan = await planning.plan()
    answers = await asyncio.gather(*(planning.change(plan.id, seen=1, title=f"Title {n}") for n in range(8)), return_exceptions=True)
    saved = [answer for answer in answers if isinstance(answer, pb.Plan)]
    assert len(saved) == 1
    assert all(isinstance(answer, pb.Plan | Stale) for answer in answers)
    assert await planning.get(plan.id) == saved[0]


async def test_every_wrong_field_is_told_and_nothing_changes(planning):
    plan = await planning.plan(start_date="2026-03-02")
    with pytest.raises(Invalid) as refused:
        await planning.change(plan.id, title=" ", diagnosis="x" * 5001, goals=["", "y" * 1001], end_date="2026-03-01", status=None)
    assert [fault.pointer for fault in refused.value.faults] == ["/title", "/diagnosis", "/goals/0", "/goals/1", "/end_date", "/status"]
    with pytest.raises(Invalid) as refused:
        await planning.change(plan.id, diagnosis_code="knee")
    assert refused.value.code == "diagnosis_code_invalid"
    assert await planning.get(plan.id) == plan


@pytest.mark.parametrize("ended", [COMPLETED, DISCONTINUED])
async def test_what_an_ended_plan_says_stays(planning, ended):
    plan = await planning.plan()
    # The last words and the end may be one request.
    closed = await planning.change(plan.id, status=ended, diagnosis="Healed")
    for changes in ({"title": "Other"}, {"goals": None}, {"title": "Other", "status": DISCONTINUED}):
        with pytest.raises(Conflict) as refused:
            await planning.change(plan.id, **changes)
        assert refused.value.code == "plan_ended"
    assert await planning.get(plan.id) == closed


async def test_the_end_of_a_plan_can_be_corrected_and_taken_back(planning):
    plan = await planning.plan()
    await planning.change(plan.id, status=COMPLETED)
    await planning.change(plan.id, status=DISCONTINUED)
    again = await planning.change(plan.id, status=ACTIVE, title="Run")
    assert (again.status, again.title, again.version) == (ACTIVE, "Run", 4)
    assert await planning.told() == ["plan_updated", "plan_discontinued", "plan_completed", "plan_created"]


@pytest.mark.parametrize("ended", [COMPLETED, DISCONTINUED])
async def test_an_ended_plan_is_still_read_with_all_that_belongs_to_it_and_can_be_deleted(planning, ended):
    plan, kept = await planning.plan(), await planning.plan()
    milestone, measure = await planning.milestone(plan.id), await planning.measure(plan.id)
    closed = await planning.change(plan.id, status=ended)

    assert await planning.get(plan.id) == closed
    assert [version.status for version in await planning.versions(plan.id)] == [ended, ACTIVE]
    assert list((await planning.milestones_of(plan.id)).items) == [milestone]
    assert list((await planning.measures_of(plan.id)).items) == [measure]
    await planning.delete(plan.id)
    assert [(await planning.page(**filters)).total for filters in ({}, {"status": ended}, {"status": ACTIVE})] == [1, 0, 1]
    assert await planning.told() == ["plan_created"]
    assert (await planning.get(kept.id)).status == ACTIVE


async def test_a_deleted_plan_is_nowhere(planning):
    plan, kept = await planning.plan(), await planning.plan()
    milestone = await planning.milestone(plan.id)
    measure = await planning.measure(plan.id)
    await planning.delete(plan.id)
    for asked in (
        lambda: planning.get(plan.id),
        lambda: planning.change(plan.id, title="Other"),
        lambda: planning.delete(plan.id),
        lambda: planning.versions(plan.id),
        lambda: planning.milestones_of(plan.id),
        lambda: planning.milestone(plan.id),
        lambda: planning.change_milestone(milestone, title="Other"),
        lambda: planning.measures_of(plan.id),
        lambda: planning.measure(plan.id),
        lambda: planning.delete_measure(measure),
    ):
        with pytest.raises(NotFound):
            await asked()
    page = await planning.page()
    assert ([item.id for item in page.items], page.total) == ([kept.id], 1)
    assert [event.plan_id for event in (await planning.timeline()).items] == [kept.id]
    # The rows are kept, and open.
    assert await planning.practice.count("plans") == 2


async def test_each_filter_excludes_other_plans_and_the_totals_agree(planning):
    mine = [await planning.plan(title=f"Plan {n}") for n in range(3)]
    await planning.change(mine[0].id, status=COMPLETED)
    other_client = await planning.practice.new_client()
    other = await planning.plan(client_id=other_client)
    await planning.delete((await planning.plan(client_id=other_client)).id)
    own = {plan.id for plan in mine}
    for filters, expected in (
        ({}, own | {other.id}),
        ({"client_id": planning.practice.client_id}, own),
        ({"client_id": other_client}, {other.id}),
        ({"status": COMPLETED}, {mine[0].id}),
        ({"status": DISCONTINUED}, set()),
        ({"status": ACTIVE, "client_id": planning.practice.client_id}, own - {mine[0].id}),
        ({"status": COMPLETED, "client_id": other_client}, set()),
    ):
        page = await planning.page(**filters)
        assert {plan.id for plan in page.items} == expected, filters
        assert page.total == len(expected), filters


async def test_plans_are_listed_newest_first_page_by_page(planning):
    ids = [(await planning.plan(title=f"Plan {n}")).id for n in range(5)][::-1]
    pages = [await planning.page(page=number, page_size=2) for number in (1, 2, 3, 4)]
    assert [plan.id for page in pages for plan in page.items] == ids
    assert {page.total for page in pages} == {5}


async def test_a_page_of_large_plans_comes_in_parts(planning):
    goals = ["é" * 1000 for _ in range(50)]
    ids = [(await planning.plan(title=f"Plan {n}", goals=goals, diagnosis="é" * 5000)).id for n in range(50)][::-1]
    page = await planning.page(page_size=50)
    assert [plan.id for plan in page.items] == ids


async def test_a_plan_sent_twice_with_one_key_is_one_plan(planning):
    call = replace(planning.practice.call, idempotency_key="the same")
    request = pb.CreatePlanRequest(client_id=planning.practice.client_id, title="Walk again")
    assert await planning.plans.CreatePlan(request, call) == await planning.plans.CreatePlan(request, call)
    assert (await planning.page()).total == 1


async def test_another_workspaces_plan_is_nowhere(planning, neighbour):
    plan = await planning.plan()
    milestone, measure = await planning.milestone(plan.id), await planning.measure(plan.id)
    theirs = Planning(neighbour)
    for asked in (
        lambda: theirs.get(plan.id),
        lambda: theirs.change(plan.id, title="Other"),
        lambda: theirs.delete(plan.id),
        lambda: theirs.versions(plan.id),
        lambda: theirs.milestones_of(plan.id),
        lambda: theirs.milestone(plan.id),
        lambda: theirs.change_milestone(milestone, title="Other"),
        lambda: theirs.delete_milestone(milestone),
        lambda: theirs.order(plan.id, [milestone.id]),
        lambda: theirs.measure(plan.id),
        lambda: theirs.measures_of(plan.id),
        lambda: theirs.delete_measure(measure),
    ):
        with pytest.raises(NotFound):
            await asked()
    assert await theirs.timeline(client_id=planning.practice.client_id) == pb.PlanEventList()
    assert (await theirs.page(client_id=planning.practice.client_id)).total == 0


async def test_plans_need_scopes_of_their_own(planning):
    plan = await planning.plan()
    notes_only = Planning(planning.practice.only("sessions:read", "sessions:write"))
    reader = Planning(planning.practice.only("plans:read"))
    for asked in (
        lambda: notes_only.get(plan.id),
        notes_only.page,
        notes_only.timeline,
        notes_only.plan,
        lambda: notes_only.measure(plan.id),
        reader.plan,
        lambda: reader.change(plan.id, title="Other"),
        lambda: reader.delete(plan.id),
        lambda: reader.milestone(plan.id),
        lambda: reader.measure(plan.id),
    ):
        with pytest.raises(Forbidden):
            await asked()
    assert await reader.get(plan.id) == plan


async def test_each_change_leaves_a_line_that_names_the_plan(planning):
    plan = await planning.plan()
    await planning.change(plan.id, title="Run")
    milestone = await planning.milestone(plan.id)
    for event_type, fact in (("create_plan", None), ("update_plan", None), ("create_milestone", milestone.id)):
        (line,) = await planning.practice.audited(event_type)
        assert line.resource_id == plan.id
        assert line.facts.get("milestone_id") == fact
        assert "Walk" not in str(line)
        assert line.records
