"""The timeline events of notes: created, signed, amended."""

from datetime import timedelta

import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.errors import Forbidden, Invalid
from chassis.protobuf.timestamps import to_datetime

from .conftest import MONDAY

WRITTEN, SIGNED, AMENDED = pb.HISTORY_KIND_SESSION, pb.HISTORY_KIND_SESSION_FINALIZED, pb.HISTORY_KIND_SESSION_AMENDED


async def test_the_events_of_a_note_are_listed_newest_first(practice):
    note = await practice.write(appointment_id=await practice.book())
    signed = await practice.finalize(note)
    amended = (await practice.save(note, reason="wrong tense", plan="rest")).session

    timeline = await practice.timeline()
    assert [(entry.kind, entry.at) for entry in timeline.items] == [
        (AMENDED, amended.amended_at),
        (SIGNED, signed.finalized_at),
        (WRITTEN, note.session_date),
    ]
    assert {entry.session_id for entry in timeline.items} == {note.id}
    assert {entry.appointment_id for entry in timeline.items} == {note.appointment_id}
    assert timeline.total == 3
    assert len({entry.id for entry in timeline.items}) == 3


async def test_an_event_keeps_its_id_when_its_time_changes(practice):
    note = await practice.write()
    await practice.finalize(note)
    await practice.save(note, reason="first", plan="rest")
    before = await practice.timeline()
    await practice.save(note, reason="second", plan="walk", session_date=MONDAY - timedelta(days=1))
    after = await practice.timeline()

    assert [entry.id for entry in after.items] == [entry.id for entry in before.items]
    assert to_datetime(after.items[0].at) > to_datetime(before.items[0].at)
    assert to_datetime(after.items[-1].at) == MONDAY - timedelta(days=1)
    assert after.total == 3


async def test_a_conflict_draft_has_no_events(practice):
    note = await practice.write()
    await practice.autosave(note, seen=1, plan="a")
    apart = await practice.autosave(note, seen=1, plan="b", session_date=MONDAY + timedelta(days=4))
    copy = await practice.get(apart.conflict_session_id)
    await practice.autosave(copy, session_date=MONDAY + timedelta(days=5))
    await practice.finalize(copy)
    assert [(entry.kind, entry.session_id) for entry in (await practice.timeline()).items] == [(WRITTEN, note.id)]


async def test_a_timeline_continues_where_the_page_before_ended_even_among_events_of_one_time(practice):
    for day in (0, 0, 0, 1, 2, 2):
        await practice.write(session_date=MONDAY + timedelta(days=day))
    whole = list((await practice.timeline()).items)
    assert len(whole) == 6

    read: list[pb.HistoryEntry] = []
    place = {}
    while timeline := list((await practice.timeline(limit=2, **place)).items):
        read += timeline
        place = {"before": timeline[-1].at, "before_id": timeline[-1].id}
    assert read == whole


async def test_without_an_id_events_of_exactly_that_time_are_left_out(practice):
    for day in (0, 1, 1):
        await practice.write(session_date=MONDAY + timedelta(days=day))
    newest = (await practice.timeline(limit=1)).items[0]
    assert [to_datetime(entry.at) for entry in (await practice.timeline(before=newest.at)).items] == [MONDAY]


@pytest.mark.parametrize("limit", [-1, 1001])
async def test_an_invalid_limit_is_refused(practice, limit):
    with pytest.raises(Invalid):
        await practice.timeline(limit=limit)


async def test_another_workspaces_client_has_no_events(practice, neighbour):
    await practice.write()
    assert await neighbour.timeline(client_id=practice.client_id) == pb.History()


async def test_reading_a_timeline_needs_the_scope_to_read_notes(practice):
    with pytest.raises(Forbidden):
        await practice.only("clients:read").timeline()
