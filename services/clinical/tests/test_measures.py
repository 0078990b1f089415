"""Outcome measures of plans: dated scores, in a session or on their own."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from caseload.clinical.v1 import measures_pb2 as pb
from chassis.errors import Invalid, NotFound
from chassis.protobuf.timestamps import to_datetime

from .conftest import MONDAY
from .planning import COMPLETED, Planning


@pytest.fixture
def planning(practice):
    return Planning(practice)


@pytest.fixture
async def plan_id(planning):
    return (await planning.plan()).id


async def test_measures_are_listed_by_their_dates(planning, plan_id):
    later = await planning.measure(plan_id, name=" PHQ-9 ", value=11, measured_at=MONDAY + timedelta(days=7))
    earlier = await planning.measure(plan_id, value=7.5, measured_at=MONDAY)
    last = await planning.measure(plan_id, value=0, measured_at=MONDAY + timedelta(days=8))
    assert (later.name, later.value, later.HasField("session_id")) == ("PHQ-9", 11.0, False)
    page = await planning.measures_of(plan_id)
    assert (list(page.items), page.total) == ([earlier, later, last], 3)
    pages = [await planning.measures_of(plan_id, page=number, page_size=2) for number in (1, 2)]
    assert [item.id for page in pages for item in page.items] == [earlier.id, later.id, last.id]


async def test_a_measure_of_a_session_has_the_sessions_date(planning, plan_id):
    note = await planning.practice.write()
    measure = await planning.measure(plan_id, session_id=note.id)
    assert (measure.session_id, to_datetime(measure.measured_at)) == (note.id, MONDAY)
    own = await planning.measure(plan_id, session_id=note.id, measured_at=MONDAY + timedelta(hours=1))
    assert to_datetime(own.measured_at) == MONDAY + timedelta(hours=1)


async def test_a_measure_on_its_own_is_of_now(planning, plan_id):
    before = datetime.now(UTC)
    assert before <= to_datetime((await planning.measure(plan_id)).measured_at) <= datetime.now(UTC)


async def test_a_session_has_to_be_the_same_clients(planning, plan_id, neighbour):
    others = await planning.practice.write(client_id=await planning.practice.new_client())
    with pytest.raises(Invalid) as refused:
        await planning.measure(plan_id, session_id=others.id)
    assert refused.value.code == "session_of_another_client"
    for session_id in ((await neighbour.write()).id, str(uuid4())):
        with pytest.raises(NotFound):
            await planning.measure(plan_id, session_id=session_id)
    assert (await planning.measures_of(plan_id)).total == 0


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"value": 11}, "/value"),
        ({"name": "PHQ-9", "value": 28}, "/value"),
        ({"name": "PHQ-9", "value": 7.5}, "/value"),
        ({"name": "gad 7", "value": 0.5}, "/value"),
        ({"name": "Weight", "value": float("nan")}, "/value"),
        ({"name": "Weight", "value": float("inf")}, "/value"),
        ({"measured_at": datetime(2200, 1, 1, tzinfo=UTC)}, "/measured_at"),
    ],
)
async def test_an_impossible_measure_is_refused(planning, plan_id, but, pointer):
    with pytest.raises(Invalid) as refused:
        await planning.measure(plan_id, **but)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert (await planning.measures_of(plan_id)).total == 0


async def test_measures_are_recorded_and_corrected_after_the_plans_end(planning, plan_id):
    wrong = await planning.measure(plan_id, value=9)
    await planning.change(plan_id, status=COMPLETED)
    follow_up = await planning.measure(plan_id, value=2)
    await planning.delete_measure(wrong)
    assert list((await planning.measures_of(plan_id)).items) == [follow_up]


async def test_a_measure_is_deleted_under_its_own_plan_only(planning, plan_id):
    measure = await planning.measure(plan_id)
    with pytest.raises(NotFound):
        await planning.delete_measure(pb.Measure(id=measure.id, plan_id=(await planning.plan()).id))
    await planning.delete_measure(measure)
    with pytest.raises(NotFound):
        await planning.delete_measure(measure)
