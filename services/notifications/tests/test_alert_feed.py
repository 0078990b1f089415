"""The log that live streams follow: every change once, in its order, to those who see it at that moment."""

import asyncio
from uuid import UUID, uuid4

import pytest

from caseload.notifications.v1 import alert_feed_pb2 as pb
from caseload.notifications.v1.alert_feed_rpc import AlertFeedStub
from chassis.errors import Forbidden

from .hospital import open_hospital


@pytest.fixture
async def hospital(notifications_environment, mail_server):
    return await open_hospital(notifications_environment, mail_server)


async def opened(person, generation=None, after=None):
    return await person.house.environment.stub(AlertFeedStub).OpenFeed(pb.OpenFeedRequest(generation=generation, after=after), person.call)


async def read(person, feed, others=()):
    request = pb.ReadFeedRequest(generation=feed.generation, after=feed.through, user_ids=[str(other.id) for other in others])
    return await person.house.environment.stub(AlertFeedStub).ReadFeed(request, person.call)


def told(feed):
    return [(item.change, item.alert_id) for item in feed.items]


async def test_what_happens_at_once_is_numbered_without_gap_and_told_in_order(hospital):
    nurse = await hospital.hire("nurse")
    first = await nurse.raise_alert()
    feed = await opened(nurse)
    assert (feed.reset, feed.through, told(feed)) == (True, 1, [("", first.id)])

    raised = await asyncio.gather(*(nurse.raise_alert() for _ in range(8)))
    await asyncio.gather(*(nurse.acknowledge(alert) for alert in raised))
    after = await read(nurse, feed)
    assert [item.sequence for item in after.items] == list(range(2, 18))
    for alert in raised:
        assert [change for change, alert_id in told(after) if alert_id == alert.id] == ["raised", "acknowledged"]
    # A reader who was interrupted goes on from the number that they had.
    resumed = await opened(nurse, feed.generation, 9)
    assert (resumed.reset, list(resumed.items)) == (False, list(after.items)[8:])
    nothing = await opened(nurse, feed.generation, 17)
    assert (nothing.reset, told(nothing), nothing.through) == (False, [], 17)


async def test_who_sees_what_is_decided_when_it_is_told(hospital):
    ward, clinic = await hospital.department("Ward"), await hospital.department("Clinic")
    nurse, other, head = await hospital.hire("nurse", ward), await hospital.hire("nurse", ward), await hospital.hire("head_doctor")
    feeds = {person.id: await opened(person) for person in (nurse, other, head)}
    assert feeds[nurse.id].audience == feeds[other.id].audience != feeds[head.id].audience
    of_ward, of_clinic = await head.raise_alert(department_id=ward), await head.raise_alert(department_id=clinic)
    started = await opened(nurse)
    assert told(started) == [("", of_ward.id)]

    await hospital.move(other.id, clinic)
    await nurse.resolve(of_ward)
    await head.resolve(of_clinic)
    mine = await read(nurse, started, [nurse, other, head])
    assert told(mine) == [("resolved", of_ward.id)]
    assert sorted(mine.elsewhere) == sorted([str(other.id), str(head.id)])
    assert told(await read(other, started)) == [("resolved", of_clinic.id)]
    assert told(await read(head, started)) == [("resolved", of_ward.id), ("resolved", of_clinic.id)]
    # A role that oversees no more sees less, although its token still says so.
    demoted = head
    async with hospital.environment.superuser() as connection:
        await connection.execute("UPDATE identity.users SET role = 'nurse' WHERE id = $1", demoted.id)
    assert told(await read(demoted, started)) == []


async def test_a_number_that_means_nothing_here_begins_anew(hospital, notifications_environment, mail_server):
    nurse = await hospital.hire("nurse")
    open_one, closed = await nurse.raise_alert(), await nurse.raise_alert()
    await nurse.cancel(closed)
    now = await opened(nurse)
    async with hospital.environment.superuser() as connection:
        await connection.execute("DELETE FROM notifications.alert_changes WHERE workspace_id = $1 AND sequence < 3", hospital.workspace_id)
    stranger = await open_hospital(notifications_environment, mail_server)
    await stranger.admin.raise_alert()
    foreign = (await opened(stranger.admin)).generation
    for generation, after in (
        (now.generation, 4),
        (now.generation, -1),
        (now.generation, 1),
        (now.generation, 0),
        (foreign, 1),
        (str(uuid4()), 3),
        (None, 3),
        (now.generation, None),
    ):
        anew = await opened(nurse, generation, after)
        assert (anew.reset, anew.through, told(anew)) == (True, 3, [("", open_one.id)]), (generation, after)
    assert told(await opened(nurse, now.generation, 2)) == [("cancelled", closed.id)]
    # A database that was put back has other numbers; whoever follows it is told to begin anew.
    async with hospital.environment.superuser() as connection:
        await connection.execute(
            "UPDATE notifications.alert_feeds SET generation = $2 WHERE workspace_id = $1", hospital.workspace_id, uuid4()
        )
    assert (await read(nurse, now)).reset


async def test_heads_tell_how_far_workspaces_are_and_no_more(hospital):
    nurse = await hospital.hire("nurse")
    heads = hospital.environment.stub(AlertFeedStub).GetHeads
    request = pb.GetHeadsRequest(workspace_ids=[str(hospital.workspace_id), str(uuid4())])
    assert list((await heads(request, nurse.call)).items) == []
    before = await opened(nurse)
    assert (before.reset, before.through, UUID(before.generation).int) == (True, 0, 0)
    await nurse.raise_alert()
    assert list((await heads(request, nurse.call)).items) == [pb.Head(workspace_id=str(hospital.workspace_id), sequence=1)]
    # The log begins with the first alert.
    assert (await read(nurse, before)).reset
    stranger = hospital.environment.caller(workspace_id=hospital.workspace_id, user_id=nurse.id, scopes=["clients:read"])
    for ask in (hospital.environment.stub(AlertFeedStub).OpenFeed(pb.OpenFeedRequest(), stranger), heads(request, stranger)):
        with pytest.raises(Forbidden):
            await ask
