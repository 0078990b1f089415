"""The timeline events of notes: created, signed, amended."""

from datetime import timedelta

import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.errors import Forbidden, Invalid
from chassis.protobuf.timestamps import to_datetime

from .conftest import MONDAY
from .planning import Planning

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


async def test_every_signature_and_every_amendment_is_an_event_of_its_own_that_stays(practice):
    note = await practice.write()
    await practice.finalize(note)
    for plan in ("rest", "walk", "run"):
        await practice.save(note, reason="second thoughts", plan=plan)
    before = list((await practice.timeline()).items)
    await practice.unfinalize(note)
    await practice.finalize(note)
    after = list((await practice.timeline()).items)

    versions = await practice.versions(note)
    assert [entry.kind for entry in before] == [AMENDED] * 3 + [SIGNED, WRITTEN]
    assert [entry.kind for entry in after] == [SIGNED, *(entry.kind for entry in before)]
    assert after[1:] == before
    assert [entry.at for entry in after[:-1]] == [version.created_at for version in versions]


async def test_a_session_that_is_moved_keeps_its_event(practice):
    note = await practice.write()
    (before,) = (await practice.timeline()).items
    await practice.save(note, session_date=MONDAY - timedelta(days=1))
    (after,) = (await practice.timeline()).items

    assert after.id == before.id
    assert to_datetime(after.at) == MONDAY - timedelta(days=1)


async def test_a_page_of_a_timeline_is_followed_by_the_next_while_notes_are_amended(practice):
    note = await practice.write()
    await practice.finalize(note)
    for plan in ("rest", "walk", "run", "swim"):
        await practice.save(note, reason="second thoughts", plan=plan)
    whole = list((await practice.timeline()).items)

    read = list((await practice.timeline(limit=2)).items)
    while True:
        await practice.save(note, reason="once more", plan=f"after {len(read)}")
        more = list((await practice.timeline(limit=2, before=read[-1].at, before_id=read[-1].id)).items)
        if not more:
            break
        read += more

    assert read == whole


async def test_a_conflict_copy_is_part_of_the_history_when_it_is_signed(practice):
    note = await practice.write()
    await practice.autosave(note, seen=1, plan="a")
    apart = await practice.autosave(note, seen=1, plan="b", session_date=MONDAY + timedelta(days=4))
    copy = await practice.get(apart.conflict_session_id)
    await practice.autosave(copy, session_date=MONDAY + timedelta(days=5))
    assert [(entry.kind, entry.session_id) for entry in (await practice.timeline()).items] == [(WRITTEN, note.id)]

    await practice.finalize(copy)
    await practice.save(copy, reason="moved", session_date=MONDAY + timedelta(days=6))

    entries = list((await practice.timeline()).items)
    assert [(entry.kind, entry.session_id) for entry in entries] == [
        (AMENDED, copy.id),
        (SIGNED, copy.id),
        (WRITTEN, copy.id),
        (WRITTEN, note.id),
    ]
    assert to_datetime(entries[2].at) == MONDAY + timedelta(days=6)


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


async def test_the_total_is_of_what_is_shown_of_notes_and_of_plans(practice):
    planning = Planning(practice)
    kept, deleted = await practice.write(), await practice.write()
    for note in (kept, deleted):
        await practice.finalize(note)
    plan, _ = await planning.plan(), await planning.plan()
    await planning.change(plan.id, title="Run again")

    async def totals() -> tuple[int, int]:
        of_notes, of_plans = await practice.timeline(), await planning.timeline()
        assert (of_notes.total, of_plans.total) == (len(of_notes.items), len(of_plans.items))
        return of_notes.total, of_plans.total

    assert await totals() == (4, 3)
    await practice.delete(deleted)
    await planning.delete(plan.id)
    assert await totals() == (2, 1)
    assert (await practice.timeline(limit=1)).total == 2
    await practice.restore(deleted)
    assert await totals() == (4, 1)
    await practice.delete(deleted)
    await practice.erase_note(deleted)
    await practice.environment.settle()
    assert await totals() == (2, 1)
    await practice.erase(practice.client_id)
    await practice.environment.settle()
    assert await totals() == (0, 0)
