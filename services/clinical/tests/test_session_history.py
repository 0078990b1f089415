"""What the timeline is told of notes: that they were, that they were signed, that they were amended."""

from datetime import timedelta

import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.errors import Forbidden, Invalid
from chassis.protobuf.timestamps import when

from .conftest import MONDAY

WRITTEN, SIGNED, AMENDED = pb.HISTORY_KIND_SESSION, pb.HISTORY_KIND_SESSION_FINALIZED, pb.HISTORY_KIND_SESSION_AMENDED


async def test_a_notes_life_is_told_newest_first(practice):
    note = await practice.write(appointment_id=await practice.book())
    signed = await practice.finalize(note)
    amended = (await practice.save(note, reason="wrong tense", plan="rest")).session

    told = await practice.history()
    assert [(entry.kind, entry.at) for entry in told.items] == [
        (AMENDED, amended.amended_at),
        (SIGNED, signed.finalized_at),
        (WRITTEN, note.session_date),
    ]
    assert {entry.session_id for entry in told.items} == {note.id}
    assert {entry.appointment_id for entry in told.items} == {note.appointment_id}
    assert told.total == 3
    assert len({entry.id for entry in told.items}) == 3


async def test_an_entry_keeps_its_id_when_its_time_moves(practice):
    note = await practice.write()
    await practice.finalize(note)
    await practice.save(note, reason="first", plan="rest")
    before = await practice.history()
    await practice.save(note, reason="second", plan="walk", session_date=MONDAY - timedelta(days=1))
    after = await practice.history()

    assert [entry.id for entry in after.items] == [entry.id for entry in before.items]
    assert when(after.items[0].at) > when(before.items[0].at)
    assert when(after.items[-1].at) == MONDAY - timedelta(days=1)
    assert after.total == 3


async def test_text_that_came_too_late_is_not_told(practice):
    note = await practice.write()
    await practice.autosave(note, seen=1, plan="a")
    apart = await practice.autosave(note, seen=1, plan="b", session_date=MONDAY + timedelta(days=4))
    copy = await practice.get(apart.conflict_session_id)
    await practice.autosave(copy, session_date=MONDAY + timedelta(days=5))
    await practice.finalize(copy)
    assert [(entry.kind, entry.session_id) for entry in (await practice.history()).items] == [(WRITTEN, note.id)]


async def test_a_history_is_read_on_from_where_it_ended_even_within_one_moment(practice):
    for day in (0, 0, 0, 1, 2, 2):
        await practice.write(session_date=MONDAY + timedelta(days=day))
    whole = list((await practice.history()).items)
    assert len(whole) == 6

    read: list[pb.HistoryEntry] = []
    place = {}
    while told := list((await practice.history(limit=2, **place)).items):
        read += told
        place = {"before": told[-1].at, "before_id": told[-1].id}
    assert read == whole


async def test_without_an_id_the_moment_itself_counts_as_told(practice):
    for day in (0, 1, 1):
        await practice.write(session_date=MONDAY + timedelta(days=day))
    newest = (await practice.history(limit=1)).items[0]
    assert [when(entry.at) for entry in (await practice.history(before=newest.at)).items] == [MONDAY]


@pytest.mark.parametrize("limit", [-1, 1001])
async def test_a_page_of_history_that_cannot_be_is_refused(practice, limit):
    with pytest.raises(Invalid):
        await practice.history(limit=limit)


async def test_another_workspaces_client_has_no_history_here(practice, neighbour):
    await practice.write()
    assert await neighbour.history(client_id=practice.client_id) == pb.History()


async def test_a_history_is_for_those_who_may_read_notes(practice):
    with pytest.raises(Forbidden):
        await practice.only("clients:read").history()
