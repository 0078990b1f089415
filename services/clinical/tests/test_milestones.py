"""Milestones of plans: in one order, achieved at a time, unchanged once their plan has ended."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from caseload.clinical.v1 import milestones_pb2 as pb
from chassis.errors import Conflict, Invalid, NotFound
from chassis.protobuf.timestamps import to_datetime
from clinical.milestones import rules

from .conftest import MONDAY
from .planning import ACHIEVED, ACTIVE, COMPLETED, PENDING, Planning


@pytest.fixture
def planning(practice):
    return Planning(practice)


@pytest.fixture
async def plan_id(planning):
    return (await planning.plan()).id


async def ids_in_order(planning, plan_id):
    """The ids of the plan's milestones in their order. Their positions are 0, 1, 2, and so on."""
    items = (await planning.milestones_of(plan_id)).items
    assert [milestone.position for milestone in items] == list(range(len(items)))
    return [milestone.id for milestone in items]


async def test_milestones_are_listed_in_the_order_they_were_added(planning, plan_id):
    first = await planning.milestone(plan_id, description="Without a stick", notes="Carpet first", target_date="2026-05-01")
    second = await planning.milestone(plan_id, title="A hundred steps")
    assert (first.position, first.status, first.HasField("achieved_at"), second.position) == (0, PENDING, False, 1)
    page = await planning.milestones_of(plan_id)
    assert (list(page.items), page.total) == ([first, second], 2)
    assert [item.id for item in (await planning.milestones_of(plan_id, page=2, page_size=1)).items] == [second.id]


async def test_one_call_orders_all(planning, plan_id):
    ids = [(await planning.milestone(plan_id, title=f"Step {n}")).id for n in range(5)]
    wanted = [ids[n] for n in (3, 0, 4, 1, 2)]
    ordered = await planning.order(plan_id, wanted)
    assert [item.id for item in ordered.items] == wanted
    assert await ids_in_order(planning, plan_id) == wanted
    assert [item.title for item in (await planning.milestones_of(plan_id)).items] == ["Step 3", "Step 0", "Step 4", "Step 1", "Step 2"]
    assert (await planning.order(plan_id, wanted)).items == ordered.items


async def test_an_order_of_other_milestones_is_refused_and_moves_nothing(planning, plan_id):
    ids = [(await planning.milestone(plan_id)).id for _ in range(3)]
    elsewhere = (await planning.milestone((await planning.plan()).id)).id
    for wanted in (ids[:2], [*ids, elsewhere], [*ids[:2], str(uuid4())], []):
        with pytest.raises(Conflict) as refused:
            await planning.order(plan_id, wanted)
        assert refused.value.code == "milestones_changed"
    with pytest.raises(Invalid) as doubled:
        await planning.order(plan_id, [*ids, ids[0]])
    assert (doubled.value.code, doubled.value.faults[0].pointer) == ("milestones_repeated", "/milestone_ids")
    assert await ids_in_order(planning, plan_id) == ids


async def test_concurrent_orders_leave_one_of_them(planning, plan_id):
    ids = [(await planning.milestone(plan_id)).id for _ in range(6)]
    orders = [random.Random(seed).sample(ids, len(ids)) for seed in range(12)]
    answers = await asyncio.gather(*(planning.order(plan_id, order) for order in orders))
    assert [[item.id for item in answer.items] for answer in answers] == orders
    assert await ids_in_order(planning, plan_id) in orders


async def test_orders_additions_and_deletions_at_once_leave_one_order_without_gaps(planning, plan_id):
    made = [await planning.milestone(plan_id) for _ in range(6)]
    ids = [milestone.id for milestone in made]
    answers = await asyncio.gather(
        *(planning.order(plan_id, random.Random(seed).sample(ids, len(ids))) for seed in range(6)),
        *(planning.milestone(plan_id) for _ in range(3)),
        *(planning.delete_milestone(milestone) for milestone in made[:2]),
        return_exceptions=True,
    )
    added = {answer.id for answer in answers if isinstance(answer, pb.Milestone)}
    assert len(added) == 3
    assert all(answer.code == "milestones_changed" for answer in answers if isinstance(answer, Exception))
    assert set(await ids_in_order(planning, plan_id)) == {*ids[2:], *added}


async def test_a_deleted_milestone_leaves_no_gap(planning, plan_id):
    made = [await planning.milestone(plan_id, title=f"Step {n}") for n in range(4)]
    await planning.delete_milestone(made[1])
    assert await ids_in_order(planning, plan_id) == [made[n].id for n in (0, 2, 3)]
    with pytest.raises(NotFound):
        await planning.delete_milestone(made[1])


async def test_an_achieved_milestone_has_its_time_until_it_is_not_achieved_after_all(planning, plan_id):
    milestone = await planning.milestone(plan_id)
    before = datetime.now(UTC)
    achieved = await planning.change_milestone(milestone, status=ACHIEVED)
    assert before <= to_datetime(achieved.achieved_at) <= datetime.now(UTC)
    # Another change does not move it.
    assert (await planning.change_milestone(milestone, notes="At last")).achieved_at == achieved.achieved_at
    earlier = await planning.change_milestone(milestone, achieved_at=MONDAY)
    assert to_datetime(earlier.achieved_at) == MONDAY
    assert await planning.told() == ["plan_created", "milestone_achieved"]

    after_all = await planning.change_milestone(milestone, status=PENDING)
    assert not after_all.HasField("achieved_at")
    assert await planning.told() == ["plan_created"]
    await planning.change_milestone(milestone, status=ACHIEVED)
    told = (await planning.timeline()).items
    assert [(event.milestone_id, event.plan_id) for event in told] == [(milestone.id, plan_id), ("", plan_id)]


async def test_a_milestone_may_be_achieved_already_when_it_is_added(planning, plan_id):
    milestone = await planning.milestone(plan_id, status=ACHIEVED, achieved_at=MONDAY)
    assert to_datetime(milestone.achieved_at) == MONDAY
    assert await planning.told() == ["plan_created", "milestone_achieved"]
    await planning.delete_milestone(milestone)
    assert await planning.told() == ["plan_created"]


async def test_every_wrong_field_is_told_and_nothing_changes(planning, plan_id):
    milestone = await planning.milestone(plan_id)
    with pytest.raises(Invalid) as refused:
        await planning.change_milestone(
            milestone, title="", description="x" * 5001, notes="x" * 5001, target_date="soon", achieved_at=MONDAY
        )
    assert [fault.pointer for fault in refused.value.faults] == ["/title", "/description", "/notes", "/target_date", "/achieved_at"]
    with pytest.raises(Invalid):
        await planning.change_milestone(milestone, status=ACHIEVED, achieved_at=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(Invalid):
        await planning.milestone(plan_id, achieved_at=MONDAY)
    assert list((await planning.milestones_of(plan_id)).items) == [milestone]


async def test_the_milestones_of_an_ended_plan_stay_until_it_is_active_again(planning, plan_id):
    milestone, other = await planning.milestone(plan_id), await planning.milestone(plan_id)
    await planning.change(plan_id, status=COMPLETED)
    for asked in (
        lambda: planning.milestone(plan_id),
        lambda: planning.change_milestone(milestone, status=ACHIEVED),
        lambda: planning.delete_milestone(milestone),
        lambda: planning.order(plan_id, [other.id, milestone.id]),
    ):
        with pytest.raises(Conflict) as refused:
            await asked()
        assert refused.value.code == "plan_ended"
    assert await ids_in_order(planning, plan_id) == [milestone.id, other.id]
    await planning.change(plan_id, status=ACTIVE)
    assert (await planning.change_milestone(milestone, status=ACHIEVED)).status == ACHIEVED


async def test_a_milestone_is_reached_under_its_own_plan_only(planning, plan_id):
    milestone = await planning.milestone(plan_id)
    elsewhere = pb.Milestone(id=milestone.id, plan_id=(await planning.plan()).id)
    for asked in (lambda: planning.change_milestone(elsewhere, title="Other"), lambda: planning.delete_milestone(elsewhere)):
        with pytest.raises(NotFound):
            await asked()


async def test_a_plan_has_no_more_than_fifty_milestones(planning, plan_id):
    for number in range(rules.MOST):
        await planning.milestone(plan_id, title=f"Step {number}")
    with pytest.raises(Conflict) as refused:
        await planning.milestone(plan_id)
    assert refused.value.code == "too_many_milestones"
