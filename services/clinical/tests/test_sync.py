"""What devices send that were without a network: each item has one effect, and no text is lost or merged silently."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import sync_pb2 as pb
from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound

from .conftest import MONDAY
from .offline import TEXTS, Device

CREATED, UPDATED, UNCHANGED, CONFLICT = (
    pb.SYNC_STATUS_CREATED,
    pb.SYNC_STATUS_UPDATED,
    pb.SYNC_STATUS_UNCHANGED,
    pb.SYNC_STATUS_CONFLICT,
)


@pytest.fixture
def device(practice) -> Device:
    return Device(practice)


@pytest.fixture
def other(practice) -> Device:
    """Another device of the same user."""
    return Device(practice)


async def texts(practice) -> list[str]:
    """Everything that the practice's notes say, deleted ones too."""
    notes = (await practice.page(page_size=100, include_deleted=True)).items
    return sorted(text for note in notes for name in TEXTS if (text := getattr(note, name)))


async def release(practice, appointment_id, action) -> None:
    """Deletes the appointment, and does with its note what is told to at once."""
    stub = practice.environment.stub(AppointmentsStub)
    await stub.DeleteAppointment(
        appointments_pb2.DeleteAppointmentRequest(appointment_id=appointment_id, note_action=action), practice.call
    )


# --- once


async def test_a_new_note_is_created_once_however_often_it_is_sent(practice, device):
    item = device.item(plan="rest", session_date=None, created_at_client=MONDAY)
    first = await device.send(item)
    again = await asyncio.gather(*(device.send(item) for _ in range(4)))

    note = await practice.get(first.session_id)
    assert (note.subjective, note.plan, note.session_date.ToDatetime(UTC)) == ("sleeps badly", "rest", MONDAY)
    assert (first.status, first.version, list(first.flags)) == (CREATED, 1, ["older_than_limit"])
    assert all((one.session_id, one.status, one.version) == (note.id, UNCHANGED, 1) for one in again)
    assert (await practice.page()).total == 1
    assert [event.session_id for event in (await practice.timeline()).items] == [note.id]


async def test_the_same_item_at_once_is_one_note(practice, device):
    item = device.item()
    sent = await asyncio.gather(*(device.send(item) for _ in range(6)))

    assert sorted(one.status for one in sent) == [CREATED, *[UNCHANGED] * 5]
    assert (await practice.page()).total == 1


async def test_an_item_that_is_known_is_answered_with_the_version_it_made(practice, device):
    first = await device.send(item := device.item())
    await practice.autosave(await practice.get(first.session_id), seen=1, plan="walk")

    # Had it been told of version 2, its next save would undo a text that it has never seen.
    assert (await device.send(item)).version == 1
    late = await device.sync(base_version=1, plan="run")
    assert (late.status, list(late.flags), late.HasField("version")) == (CONFLICT, ["stale_version"], False)
    assert await texts(practice) == ["run", "sleeps badly", "sleeps badly", "walk"]


async def test_each_device_and_each_user_has_ids_of_its_own(practice, device, other):
    colleague = Device(practice.colleague())
    sent = [await each.sync(subjective=text) for each, text in ((device, "one"), (other, "two"), (colleague, "three"))]

    assert [one.status for one in sent] == [CREATED] * 3
    assert await texts(practice) == ["one", "three", "two"]


async def test_an_item_sent_again_after_a_new_sign_in_is_known(practice, device, other):
    first = await device.send(item := device.item())
    again = await other.send(item)
    assert (again.session_id, again.status, again.version) == (first.session_id, UNCHANGED, 1)
    # And so is the note that it is about.
    assert (await other.sync(base_version=1, subjective="sleeps well")).session_id == first.session_id


async def test_a_device_goes_on_with_its_note_after_a_new_sign_in(practice, device, other):
    first = await device.sync()
    sent = await other.sync(base_version=1, subjective="sleeps well")
    assert (sent.session_id, sent.status, sent.version) == (first.session_id, UPDATED, 2)
    # Another device that calls a note the same has seen no version of it, or one of its own.
    third = Device(practice)
    begun = await third.sync(subjective="mine")
    assert (begun.status, (await third.sync(base_version=1, subjective="mine too")).session_id) == (CREATED, begun.session_id)


async def test_a_note_may_be_called_by_its_own_id(practice, device):
    note = await practice.write(plan="rest")
    sent = await device.sync(client_session_id=note.id, base_version=1, plan="walk")
    assert (sent.session_id, sent.status, sent.version) == (note.id, UPDATED, 2)
    assert (await practice.get(note.id)).plan == "walk"


async def test_another_workspaces_note_is_no_note(practice, neighbour):
    theirs = await neighbour.write(plan="rest")
    sent = await Device(practice).sync(client_session_id=theirs.id, base_version=1, plan="walk")
    assert (sent.status, sent.session_id != theirs.id) == (CREATED, True)
    assert (await neighbour.get(theirs.id)) == theirs


# --- versions


async def test_text_that_goes_on_from_the_newest_version_is_saved(practice, device):
    await device.sync(plan="rest")
    sent = await device.sync(base_version=1, subjective="sleeps well", plan=None)
    note = await practice.get(sent.session_id)
    assert (sent.status, sent.version, note.version) == (UPDATED, 2, 2)
    assert (note.subjective, note.HasField("plan")) == ("sleeps well", False)


def written(minutes: int) -> datetime:
    """So long after the device began to write."""
    return datetime.now(UTC).replace(microsecond=0, second=0, minute=0) - timedelta(hours=3) + timedelta(minutes=minutes)


async def test_a_devices_own_items_come_in_any_order(practice, device):
    """It went on typing before it was answered, so its items name no version, or an old one."""
    typed = ["run", "run, then", "run, then walk"]
    items = [device.item(subjective=text, created_at_client=written(number)) for number, text in enumerate(typed)]
    sent = [await device.send(items[number]) for number in (1, 0, 2, 1)]
    last = await device.sync(base_version=1, subjective="run, then walk home", created_at_client=written(3))

    assert [(one.status, list(one.flags)) for one in sent] == [
        (CREATED, []),
        (UNCHANGED, ["note_says_more"]),
        (UPDATED, []),
        (UNCHANGED, []),
    ]
    assert (last.status, await texts(practice)) == (UPDATED, ["run, then walk home"])


async def test_what_a_device_wrote_later_replaces_what_it_wrote_before(practice, device):
    await device.sync(subjective="Denies pain. Suicidal ideation.", plan="rest", created_at_client=written(0))
    day_after = MONDAY + timedelta(days=1)
    sent = await device.sync(subjective="Denies pain.", plan=None, session_date=day_after, created_at_client=written(1))
    assert (sent.status, sent.version, list(sent.flags)) == (UPDATED, 2, [])
    note = await practice.get(sent.session_id)
    assert (note.subjective, note.HasField("plan"), note.session_date.ToDatetime(UTC)) == ("Denies pain.", False, day_after)

    other_text = await device.sync(subjective="swim", created_at_client=written(2))
    assert (other_text.status, await texts(practice)) == (UPDATED, ["swim"])


async def test_what_a_device_wrote_earlier_brings_nothing_back(practice, device):
    first = await device.sync(subjective="Denies pain.", created_at_client=written(1))
    late = await device.sync(subjective="Denies pain. Suicidal ideation.", created_at_client=written(0))
    assert (late.status, list(late.flags)) == (CONFLICT, ["stale_version"])
    assert (await practice.get(first.session_id)).subjective == "Denies pain."
    assert (await practice.get(late.conflict_session_id)).subjective == "Denies pain. Suicidal ideation."


async def test_a_deletion_that_nobody_can_place_is_told(practice, device):
    await device.sync(subjective="Denies pain. Suicidal ideation.", created_at_client=written(0))
    sent = await device.sync(subjective="Denies pain.", created_at_client=written(0))
    assert (sent.status, list(sent.flags), sent.HasField("version")) == (UNCHANGED, ["note_says_more"], False)
    swims = await device.sync(subjective="swim", created_at_client=written(0))
    assert (swims.status, list(swims.flags)) == (CONFLICT, ["stale_version"])
    assert await texts(practice) == ["Denies pain. Suicidal ideation.", "swim"]


async def test_what_another_of_the_users_devices_deleted_does_not_come_back(practice, device, other):
    note = await practice.write(subjective="Denies pain. Suicidal ideation.")
    phone = await device.sync(client_session_id=note.id, base_version=1, subjective="Denies pain.")
    laptop = await other.sync(client_session_id=note.id, base_version=1, subjective="Denies pain. Suicidal ideation. Sleeps.")
    late = await other.sync(client_session_id=note.id, base_version=1, subjective="Denies", plan=None)

    assert (phone.status, phone.version) == (UPDATED, 2)
    for sent in (laptop, late):
        assert (sent.status, list(sent.flags)) == (CONFLICT, ["stale_version"])
    assert (await practice.get(note.id)).subjective == "Denies pain."
    # After a new sign-in what was sent in the one before is known by being sent again.
    again = await other.send(item := device.item(client_session_id=note.id, base_version=2, subjective="Denies pain. Well."))
    assert (again.status, (await device.send(item)).status) == (UPDATED, UNCHANGED)
    assert (await device.sync(client_session_id=note.id, base_version=2, subjective="Well.")).status == UPDATED


async def test_late_text_is_one_copy_however_often_it_is_sent(practice, device):
    first = await device.sync()
    await practice.autosave(await practice.get(first.session_id), seen=1, plan="walk")
    items = [device.item(base_version=1, plan=text) for text in ("run", "run fast", "run")]
    sent = [await device.send(item) for item in (*items, *items)]

    (copy_id,) = {one.conflict_session_id for one in sent}
    copy = await practice.get(copy_id)
    assert (copy.conflict_of, copy.plan) == (first.session_id, "run fast")
    assert {one.status for one in sent} == {CONFLICT}
    assert (await practice.page()).total == 2


async def test_a_base_above_the_servers_version_is_kept_in_a_copy(practice, device):
    await device.sync()
    sent = await device.sync(base_version=7, subjective="sleeps well")
    assert (sent.status, await texts(practice)) == (CONFLICT, ["sleeps badly", "sleeps well"])


async def test_what_the_note_says_already_is_no_conflict(practice, device):
    note = await practice.write(subjective="sleeps well", plan="rest")
    await practice.autosave(note, seen=1, objective="BP 120/80")
    partial = await device.sync(client_session_id=note.id, base_version=1, subjective="sleeps well")
    whole = await device.sync(client_session_id=note.id, base_version=1, subjective="sleeps well", objective="BP 120/80", plan="rest")
    # The device has not seen what the part does not hold.
    assert [(sent.status, sent.version) for sent in (partial, whole)] == [(UNCHANGED, 0), (UNCHANGED, 2)]


async def test_a_copy_of_a_copy_is_linked_to_the_copy(practice, device):
    note = await practice.write()
    await practice.autosave(note, seen=1, plan="walk")
    copy_id = (await device.sync(client_session_id=note.id, base_version=1, plan="run")).conflict_session_id
    await practice.autosave(await practice.get(copy_id), seen=1, plan="run home")
    sent = await device.sync(client_session_id=copy_id, base_version=1, plan="swim")
    assert (await practice.get(sent.conflict_session_id)).conflict_of == copy_id


# --- what happened meanwhile


async def test_a_note_that_was_signed_meanwhile_keeps_its_text(practice, device):
    first = await device.sync()
    signed = await practice.finalize(await practice.get(first.session_id))
    for base in (1, signed.version):
        sent = await device.sync(base_version=base, subjective="sleeps well")
        assert (sent.status, list(sent.flags)) == (CONFLICT, ["session_finalized"])
        assert (await practice.get(sent.conflict_session_id)).subjective == "sleeps well"
    assert (await practice.get(signed.id)) == signed
    assert (await practice.verify(signed)).intact


async def test_the_text_for_a_deleted_note_is_a_copy(practice, device):
    first = await device.send(item := device.item())
    await practice.delete(await practice.get(first.session_id))
    assert (await device.send(item)).status == UNCHANGED

    sent = await device.sync(base_version=1, subjective="sleeps well")
    assert (sent.status, sent.session_id, list(sent.flags)) == (CONFLICT, first.session_id, ["session_deleted"])
    assert (await practice.get(sent.conflict_session_id)).subjective == "sleeps well"


async def test_the_text_for_an_erased_note_is_a_copy(practice, device):
    first = await device.sync()
    note = await practice.get(first.session_id)
    await practice.delete(note)
    await practice.erase_note(note)
    await practice.environment.settle()

    sent = await device.sync(base_version=1, subjective="sleeps well")
    assert (sent.status, sent.session_id, list(sent.flags)) == (CONFLICT, note.id, ["session_erased"])
    copy = await practice.get(sent.conflict_session_id)
    assert (copy.conflict_of, copy.subjective) == (note.id, "sleeps well")


async def test_nothing_is_taken_for_an_erased_client_and_its_receipts_go(practice, device):
    await device.send(item := device.item())
    assert await practice.count("sync_receipts") == 1
    await practice.erase(practice.client_id)
    await practice.environment.settle()
    assert await practice.count("sync_receipts") == 0

    for sent in (item, device.item(base_version=1, subjective="sleeps well"), device.item(client_session_id="another")):
        with pytest.raises(NotFound):
            await device.send(sent)
    assert (await practice.page(include_deleted=True)).total == 0


async def test_a_note_of_an_inactive_client_is_taken_and_flagged(practice, device):
    request = clients_pb2.UpdateClientRequest(client_id=practice.client_id, mask={"paths": ["is_active"]}, is_active=False)
    await practice.environment.stub(ClientsStub).UpdateClient(request, practice.call)
    sent = await device.sync()
    assert (sent.status, list(sent.flags)) == (CREATED, ["client_inactive"])


async def test_a_note_begins_with_its_appointment(practice, device):
    appointment_id = await practice.book(MONDAY + timedelta(days=2))
    note = await practice.get((await device.sync(appointment_id=appointment_id, session_date=None)).session_id)
    assert (note.appointment_id, note.session_date.ToDatetime(UTC)) == (appointment_id, MONDAY + timedelta(days=2))


async def test_without_its_appointment_a_note_is_taken_and_flagged(practice, neighbour, device):
    deleted = await practice.book()
    await release(practice, deleted, appointments_pb2.NOTE_ACTION_UNSPECIFIED)
    of_another = await practice.book(client_id=await practice.new_client())
    foreign = await neighbour.book()
    for number, (appointment_id, flag) in enumerate(
        [
            (deleted, "appointment_gone"),
            (foreign, "appointment_gone"),
            (str(uuid7()), "appointment_gone"),
            (of_another, "appointment_of_another_client"),
        ]
    ):
        sent = await device.sync(client_session_id=f"note {number}", appointment_id=appointment_id)
        note = await practice.get(sent.session_id)
        assert (sent.status, list(sent.flags), note.HasField("appointment_id")) == (CREATED, [flag], False)


async def test_a_note_that_the_appointment_has_already_stays(practice, device, other):
    appointment_id = await practice.book()
    written = await practice.write(appointment_id=appointment_id, subjective="in the browser")
    sent = [await each.sync(appointment_id=appointment_id, subjective=text) for each, text in ((device, "one"), (other, "two"))]

    assert {(one.session_id, one.status, one.HasField("version"), *one.flags) for one in sent} == {
        (written.id, CONFLICT, False, "appointment_has_note")
    }
    assert await practice.get(written.id) == written
    assert await texts(practice) == ["in the browser", "one\n\ntwo"]


async def test_losing_its_appointment_makes_no_conflict(practice, device):
    appointment_id = await practice.book()
    first = await device.sync(appointment_id=appointment_id)
    await release(practice, appointment_id, appointments_pb2.NOTE_ACTION_KEEP)
    await practice.environment.settle()

    sent = await device.sync(appointment_id=appointment_id, base_version=1, subjective="sleeps well")
    assert (sent.session_id, sent.status, list(sent.flags)) == (first.session_id, UPDATED, ["appointment_gone"])


async def test_what_is_older_than_the_workspaces_limit_is_taken_and_flagged(practice, device):
    settings = workspaces_pb2.UpdateWorkspaceRequest(mask={"paths": ["settings"]}, settings={"offline_days": 3})
    ago = {days: datetime.now(UTC) - timedelta(days=days) for days in (2, 4, 31)}
    flags = {}
    for limit in (None, 3):
        if limit:
            await practice.environment.stub(WorkspacesStub).UpdateWorkspace(settings, practice.call)
        for days, created in ago.items():
            sent = await device.sync(client_session_id=f"{limit} {days}", created_at_client=created)
            flags[limit, days] = list(sent.flags)
            assert sent.status == CREATED
    old = ["older_than_limit"]
    assert flags == {(None, 2): [], (None, 4): [], (None, 31): old, (3, 2): [], (3, 4): old, (3, 31): old}


# --- what is too long, and what is refused


async def test_text_that_is_too_long_for_a_note_goes_on_in_copies(practice, device):
    said = " ".join(f"word{number}" for number in range(2000))
    for text in (said, said, said + " more"):
        sent = await device.sync(subjective=text, plan="rest")
        assert (sent.status, list(sent.flags), sent.HasField("version")) == (CONFLICT, ["text_split"], False)

    note = await practice.get(sent.session_id)
    copies = sorted((one for one in (await practice.page()).items if one.HasField("conflict_of")), key=lambda one: one.id)
    assert {one.conflict_of for one in copies} == {note.id}
    assert "".join(one.subjective for one in (note, *copies)) == said + " more"
    assert note.plan == "rest"


async def test_a_long_text_whose_beginning_changes_stays_in_its_order(practice, device):
    rest = " ".join(f"word{number}" for number in range(1000))
    for minute, beginning in enumerate(("Sleeps badly. ", "Sleeps better. ", "Sleeps well now. ")):
        sent = await device.sync(subjective=beginning + rest, created_at_client=written(minute))
        assert (sent.status, list(sent.flags), sent.HasField("version")) == (CONFLICT, ["text_split"], False)
        notes = sorted((await practice.page()).items, key=lambda note: note.id)
        assert len(notes) == 2
        assert "".join(note.subjective for note in notes) == beginning + rest
    assert (await practice.get(sent.session_id)).version == 3


async def test_nothing_is_gathered_in_the_rest_of_a_long_text(practice, device):
    note = await practice.write()
    sent = await device.sync(client_session_id=note.id, base_version=1, subjective="x" * 6000, created_at_client=written(1))
    rest = await practice.get(sent.conflict_session_id)
    assert rest.subjective == "x" * 1000

    earlier = await device.sync(client_session_id=note.id, base_version=1, subjective="swim", created_at_client=written(0))
    await practice.autosave(note, seen=1, plan="run")
    assert earlier.conflict_session_id != rest.id
    assert await practice.get(rest.id) == rest
    assert (await practice.page()).total == 3


@pytest.mark.parametrize("said", ["word " * 3000, "x" * 10_001, "x" * 15_000 + " " + "x" * 3])
async def test_what_is_said_again_and_again_is_kept_as_often(practice, device, said):
    first = await device.sync(subjective=said)
    assert (await device.sync(subjective=said, created_at_client=MONDAY)).conflict_session_id == first.conflict_session_id
    notes = sorted((await practice.page()).items, key=lambda note: note.id)
    assert "".join(note.subjective for note in notes) == said


async def test_what_cannot_be_a_note_is_refused_and_leaves_nothing(practice, device):
    first = await device.sync()
    elsewhere = await practice.new_client()
    for kind, code, item in (
        (Invalid, "sync_item_invalid", device.item(client_session_id="two", plan="x" * 100_001)),
        (Invalid, "sync_item_invalid", device.item(client_session_id="two", plan="a\x00b")),
        (Invalid, "sync_item_invalid", device.item(client_session_id="x" * 101)),
        (NotFound, "client_not_found", device.item(client_session_id="two", client_id=str(uuid7()))),
        (Conflict, "note_of_another_client", device.item(base_version=1, client_id=elsewhere, plan="rest")),
    ):
        with pytest.raises(kind) as refused:
            await device.send(item)
        assert refused.value.code == code
    assert (await practice.page()).total == await practice.count("sync_receipts") == 1
    assert (await practice.get(first.session_id)).version == 1


async def test_it_takes_the_permission_to_write(practice):
    with pytest.raises(Forbidden):
        await Device(practice.only("sessions:read", "sessions:sign")).sync()


async def test_each_item_has_its_line_in_the_trail(practice, device):
    first = await device.sync()
    await device.sync(subjective="swim", created_at_client=MONDAY)
    with pytest.raises(NotFound):
        await device.sync(client_id=str(uuid7()))

    lines = await practice.audited("sync_session")
    assert [(line.resource_id, line.facts["status"] if line.facts else "") for line in lines] == [
        (first.session_id, "created"),
        (first.session_id, "conflict"),
        ("", ""),
    ]
    assert {line.action for line in lines} == {options_pb2.ACTION_UPDATE}
    assert len(await practice.audited("keep_conflict_copy")) == 1


async def test_a_receipt_tells_nothing_of_what_was_sent(practice, device):
    await device.sync(client_session_id="Ada Lovelace, Monday", plan="rest")
    async with practice.environment.superuser() as connection:
        row = str(await connection.fetchrow("SELECT * FROM clinical.sync_receipts WHERE workspace_id = $1", practice.workspace_id))
    assert not [word for word in ("Ada", "Lovelace", "rest", "badly") if word in row or word.encode().hex() in row]


async def test_no_text_keeps_the_service_from_other_calls(practice, neighbour, device):
    # Marks on one letter in an order that takes long to sort.
    marks = ("\u0315" * 2_500 + "\u0334" * 2_500) * 20
    await device.sync(subjective=marks)
    sending = asyncio.ensure_future(device.sync(subjective=marks))
    waited = 0.0
    while not sending.done():
        begun = time.perf_counter()
        await neighbour.page()
        waited = max(waited, time.perf_counter() - begun)

    assert list((await sending).flags) == ["text_split"]
    assert waited < 3
