"""Lists of notes: order, filters, pages and totals."""

from datetime import timedelta
from itertools import product

import pytest

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.errors import Invalid

from .conftest import MONDAY, Practice

DRAFT, FINALIZED, ARCHIVED = pb.SESSION_STATUS_DRAFT, pb.SESSION_STATUS_FINALIZED, pb.SESSION_STATUS_ARCHIVED


async def series(practice: Practice, length: int, **but) -> list[str]:
    """Creates notes a day apart. Returns their ids, newest first."""
    notes = [await practice.write(session_date=MONDAY + timedelta(days=day), **but) for day in range(length)]
    return [note.id for note in reversed(notes)]


async def test_notes_are_listed_newest_first_with_all_their_fields(practice):
    ids = await series(practice, 3)
    page = await practice.page()
    assert [note.id for note in page.items] == ids
    assert page.total == 3
    assert page.items[0] == await practice.get(ids[0])


async def test_pages_have_no_gap_and_no_overlap(practice):
    ids = await series(practice, 7)
    pages = [await practice.page(page=number, page_size=3) for number in (1, 2, 3, 4)]
    assert [note.id for page in pages for note in page.items] == ids
    assert [len(page.items) for page in pages] == [3, 3, 1, 0]
    assert {page.total for page in pages} == {7}


async def test_notes_of_the_same_time_have_a_stable_order(practice):
    ids = {(await practice.write()).id for _ in range(4)}
    paged = [note for number in range(1, 5) for note in await practice.ids(page=number, page_size=1)]
    assert len(paged) == 4
    assert set(paged) == ids


@pytest.mark.parametrize("asked", [{"page": -1}, {"page_size": 101}, {"page_size": -1}])
async def test_an_invalid_page_is_refused(practice, asked):
    with pytest.raises(Invalid):
        await practice.page(**asked)


async def test_each_filter_excludes_other_notes(practice):
    appointment_id = await practice.book()
    signed, open_, of_appointment = await practice.write(), await practice.write(), await practice.write(appointment_id=appointment_id)
    await practice.finalize(signed)
    other_client = await practice.new_client()
    other = await practice.write(client_id=other_client)

    everything = {signed.id, open_.id, of_appointment.id, other.id}
    for filters, expected in (
        ({}, everything),
        ({"client_id": practice.client_id}, everything - {other.id}),
        ({"client_id": other_client}, {other.id}),
        ({"appointment_id": appointment_id}, {of_appointment.id}),
        ({"appointment_id": appointment_id, "client_id": other_client}, set()),
        ({"status": FINALIZED}, {signed.id}),
        ({"status": DRAFT}, everything - {signed.id}),
        ({"status": ARCHIVED}, set()),
        ({"is_draft": True}, everything - {signed.id}),
        ({"is_draft": False}, {signed.id}),
        ({"is_draft": False, "client_id": practice.client_id}, {signed.id}),
        ({"is_draft": True, "status": FINALIZED}, set()),
        ({"is_draft": True, "client_id": other_client}, {other.id}),
        ({"include_deleted": True}, everything),
        ({"include_deleted": True, "status": DRAFT, "client_id": other_client}, {other.id}),
    ):
        page = await practice.page(**filters)
        assert {note.id for note in page.items} == expected, filters
        assert page.total == len(expected), filters


async def test_an_unknown_status_is_refused(practice):
    with pytest.raises(Invalid):
        await practice.page(status=99)


async def test_deleted_notes_are_listed_only_on_request(practice):
    kept, binned = await practice.write(), await practice.write()
    await practice.delete(binned)
    for filters in ({}, {"client_id": practice.client_id}):
        page = await practice.page(**filters)
        assert [note.id for note in page.items] == [kept.id]
        assert page.total == 1
        page = await practice.page(include_deleted=True, **filters)
        assert {note.id for note in page.items} == {kept.id, binned.id}
        assert page.total == 2


async def test_the_counters_equal_counted_notes_after_every_kind_of_change(practice):
    notes = [await practice.write() for _ in range(5)]
    await practice.finalize(notes[0])
    await practice.finalize(notes[1])
    await practice.save(notes[1], reason="why not", plan="rest")
    await practice.autosave(notes[2], seen=1, plan="a")
    await practice.autosave(notes[2], seen=1, plan="b")  # becomes a conflict draft
    with pytest.raises(Invalid):
        await practice.write(duration_minutes=999)
    for filters, total in (({}, 6), ({"is_draft": True}, 4), ({"is_draft": False}, 2), ({"status": FINALIZED}, 2)):
        page = await practice.page(**filters)
        assert page.total == len(page.items) == total, filters


async def test_another_workspaces_notes_are_not_counted(practice, neighbour):
    await practice.write()
    assert (await neighbour.page()).total == 0
    assert (await neighbour.page(client_id=practice.client_id)).total == 0


async def test_every_combination_of_filters_has_the_notes_and_the_total_of_those_it_names(practice):
    """Of each state there is one that is deleted and one that is not, of each of two clients."""
    clients = (practice.client_id, await practice.new_client())
    notes = {}
    for client_id, status, is_deleted in product(clients, (DRAFT, FINALIZED), (False, True)):
        note = await practice.write(client_id=client_id)
        if status == FINALIZED:
            await practice.finalize(note)
        if is_deleted:
            await practice.delete(note)
        notes[note.id] = (client_id, status, is_deleted)

    for client_id, status, is_draft, with_deleted in product(
        (None, *clients), (None, DRAFT, FINALIZED), (None, False, True), (False, True)
    ):
        asked = {"client_id": client_id, "status": status, "is_draft": is_draft, "include_deleted": with_deleted}
        expected = {
            note_id
            for note_id, (of_client, of_status, is_deleted) in notes.items()
            if client_id in {None, of_client}
            and status in {None, of_status}
            and is_draft in {None, of_status == DRAFT}
            and (with_deleted or not is_deleted)
        }
        page = await practice.page(**{name: value for name, value in asked.items() if value is not None})
        assert {note.id for note in page.items} == expected, asked
        assert page.total == len(expected), asked
