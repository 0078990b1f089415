"""Reminders as people meet them: rules, the calendar, the mail that arrives, and the log of it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import when
from notifications.reminders import workflow

SOON = timedelta(minutes=30)
WEEK = timedelta(days=7)


# --- rules


async def test_a_new_workspace_reminds_a_day_before(practice):
    (rule,) = await practice.rules()
    assert (rule.hours_before, rule.channel, rule.is_active) == (24, pb.CHANNEL_EMAIL, True)
    assert rule.workspace_id == str(practice.workspace_id)


async def test_two_active_rules_do_not_say_the_same(practice):
    with pytest.raises(Conflict) as refused:
        await practice.rule(24)
    assert refused.value.code == "reminder_rule_exists"

    await practice.rule(24, is_active=False)
    assert len(await practice.rules()) == 2


@pytest.mark.parametrize("hours", [0, -1, 721])
async def test_a_rule_reaches_from_an_hour_to_thirty_days(practice, hours):
    with pytest.raises(Invalid) as refused:
        await practice.rule(hours)
    assert refused.value.code == "hours_before_range"
    assert [fault.pointer for fault in refused.value.faults] == ["/hours_before"]


async def test_a_rule_needs_a_channel(practice):
    with pytest.raises(Invalid):
        await practice.rule(2, channel=pb.CHANNEL_UNSPECIFIED)


async def test_another_workspaces_rule_can_neither_be_seen_nor_changed_nor_deleted(practice, neighbour):
    (theirs,) = await neighbour.rules()
    with pytest.raises(NotFound):
        await _update(practice, theirs, hours_before=3)
    with pytest.raises(NotFound):
        await practice.stub.DeleteConfiguration(pb.DeleteConfigurationRequest(configuration_id=theirs.id), practice.call)
    assert theirs.id not in [rule.id for rule in await practice.rules()]
    assert await neighbour.rules() == [theirs]


async def test_a_rule_cannot_lose_what_it_needs(practice):
    (rule,) = await practice.rules()
    with pytest.raises(Invalid) as refused:
        await practice.stub.UpdateConfiguration(
            pb.UpdateConfigurationRequest(configuration_id=rule.id, mask=FieldMask(paths=["hours_before"])), practice.call
        )
    assert refused.value.code == "field_required"


async def test_who_may_only_read_changes_no_rule(practice):
    reader = practice.house.caller(workspace_id=practice.workspace_id, scopes=["reminders:read"])
    with pytest.raises(Forbidden):
        await practice.stub.CreateConfiguration(pb.CreateConfigurationRequest(hours_before=2, channel=pb.CHANNEL_EMAIL), reader)


# --- planning


async def test_a_booking_plans_one_reminder_per_active_rule(practice):
    await practice.rule(2)
    await practice.rule(48, is_active=False)
    booked = await practice.book(await practice.client(), WEEK)

    found = await practice.reminders(booked)
    start = when(booked.scheduled_start)
    assert [(r.hours_before, when(r.due_at)) for r in found] == [(2, start - timedelta(hours=2)), (24, start - timedelta(hours=24))]
    assert await practice.statuses(booked) == ["pending", "pending"]


async def test_a_move_takes_what_waits_along(practice):
    booked = await practice.book(await practice.client(), WEEK)
    (before,) = await practice.reminders(booked)
    await practice.move(booked, 2 * WEEK)

    (after,) = await practice.reminders(booked)
    assert after.id == before.id
    assert when(after.due_at) > when(before.due_at) + timedelta(days=6)
    assert await practice.statuses(booked) == ["pending"]


async def test_a_move_past_the_time_of_one_rule_leaves_the_other_waiting(practice):
    await practice.rule(72)
    booked = await practice.book(await practice.client(), WEEK)
    await practice.move(booked, timedelta(hours=48))

    # Three days before has passed, so that is told at once; a day before is still to come.
    await practice.until(lambda: _is(practice, booked, {72: "sent", 24: "pending"}))
    assert len(await practice.reminders(booked)) == 2


async def test_a_cancellation_cancels_what_waits(practice):
    booked = await practice.book(await practice.client(), WEEK)
    await practice.cancel(booked)
    (reminder,) = await practice.reminders(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_CANCELLED, "appointment_closed")


async def test_an_appointment_put_back_to_scheduled_is_reminded_of_again(practice):
    booked = await practice.book(await practice.client(), WEEK)
    await practice.cancel(booked)
    await practice.change(booked, status=appointments_pb2.APPOINTMENT_STATUS_SCHEDULED)
    assert sorted(await practice.statuses(booked)) == ["cancelled", "pending"]


async def test_news_that_arrive_out_of_order_end_as_the_newest_says(practice):
    runtime = practice.house.runtime("notifications")
    appointment_id, client_id, start = uuid7(), uuid7(), datetime.now(UTC) + WEEK
    async with runtime.background(practice.workspace_id) as call:
        await workflow.close(call.db, appointment_id, 3)
    async with runtime.background(practice.workspace_id) as call:
        await workflow.know(call.db, appointment_id, client_id, start, 1, now=call.now)
        await workflow.know(call.db, appointment_id, client_id, start + WEEK, 2, now=call.now)
    assert await practice.look("SELECT 1 FROM notifications.reminders WHERE appointment_id = $1", appointment_id) == []

    async with runtime.background(practice.workspace_id) as call:
        await workflow.know(call.db, appointment_id, client_id, start, 4, now=call.now)
        await workflow.know(call.db, appointment_id, client_id, start + WEEK, 2, now=call.now)
    (row,) = await practice.look("SELECT starts_at, status FROM notifications.reminders WHERE appointment_id = $1", appointment_id)
    assert (row["starts_at"], row["status"]) == (start, "pending")


async def test_a_later_rule_reaches_the_appointments_known_already_but_mails_nobody_at_once(practice):
    near, far = await practice.book(await practice.client(), SOON), await practice.book(await practice.client(), 2 * WEEK)
    await practice.ended(near)

    await practice.rule(100)

    assert [r.hours_before for r in await practice.reminders(far)] == [24, 100]
    assert [r.hours_before for r in await practice.reminders(near)] == [24]


async def test_a_changed_rule_replans_and_a_deleted_one_cancels(practice):
    booked = await practice.book(await practice.client(), WEEK)
    (rule,) = await practice.rules()

    changed = await _update(practice, rule, hours_before=12)
    assert changed.hours_before == 12
    assert await _by_hours(practice, booked) == {24: "cancelled", 12: "pending"}

    await _update(practice, rule, is_active=False)
    assert await _by_hours(practice, booked) == {24: "cancelled", 12: "cancelled"}

    await _update(practice, rule, is_active=True, hours_before=24)
    assert await _by_hours(practice, booked) == {24: "pending", 12: "cancelled"}

    await practice.stub.DeleteConfiguration(pb.DeleteConfigurationRequest(configuration_id=rule.id), practice.call)
    assert await _by_hours(practice, booked) == {24: "cancelled", 12: "cancelled"}
    assert await practice.rules() == []


async def test_an_erased_client_leaves_nothing_behind(practice):
    client = await practice.client()
    await practice.book(client, WEEK)
    await practice.ended(await practice.book(client, SOON))

    await practice.house.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=client.id), practice.call)
    await practice.house.settle()

    for table in ("reminders", "appointments"):
        assert await practice.look(f"SELECT 1 FROM notifications.{table} WHERE client_id::text = $1", client.id) == []
    assert await practice.look("SELECT 1 FROM notifications.due_work WHERE workspace_id = $1", practice.workspace_id) == []


# --- sending


async def test_a_booking_within_the_time_of_its_rule_is_reminded_of_at_once(practice, office):
    client = await practice.client()
    booked = await practice.book(client, SOON)
    reminder = await practice.ended(booked)

    assert (reminder.status, reminder.attempts) == (pb.REMINDER_STATUS_SENT, 1)
    assert not reminder.HasField("last_error")
    assert abs(when(reminder.sent_at) - datetime.now(UTC)) < timedelta(seconds=30)
    assert len(office.to(client.email)) == 1


async def test_the_mail_tells_the_first_name_the_time_and_the_practice_and_nothing_more(practice, office):
    client = await practice.client(first_name="Zoë <b>", medical_history="migraine", phone="+49 30 1234567")
    booked = await practice.book(client, SOON)
    await practice.ended(booked)

    (mail,) = office.to(client.email)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Hello Zoë <b>," in text
    assert "Hello Zoë &lt;b&gt;," in html
    assert "Lakeside & Partners" in text
    assert mail["From"].addresses[0].display_name == "Lakeside & Partners"
    assert mail["From"].addresses[0].addr_spec == "no-reply@mail.example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    for secret in ("Lovelace", "migraine", "1234567", client.id, booked.id):
        assert secret not in mail.as_string()


async def test_the_time_is_the_clients_own_or_else_the_practices(practice, office):
    at_home, abroad = await practice.client(), await practice.client(time_zone="Asia/Tokyo")
    booked = await practice.book(at_home, SOON)
    await practice.ended(booked)
    await practice.ended(await practice.book(abroad, SOON))

    (home,), (away,) = office.to(at_home.email), office.to(abroad.email)
    assert " CE" in home.get_body(("plain",)).get_content()
    assert " JST" in away.get_body(("plain",)).get_content()


async def test_a_reminder_has_one_message_id_however_often_it_is_tried(practice, office):
    client = await practice.client()
    office.behaviour[client.email] = "defers the mail"
    booked = await practice.book(client, SOON)
    await practice.until(lambda: office.asked[client.email] >= 2)
    office.behaviour.pop(client.email)
    reminder = await practice.ended(booked)

    (mail,) = office.to(client.email)
    assert mail["Message-ID"] == f"<reminder.{reminder.id}@mail.example.com>"
    assert reminder.attempts >= 2


async def test_a_move_after_the_mail_is_told_in_a_new_one(practice, office):
    client = await practice.client()
    booked = await practice.book(client, SOON)
    await practice.ended(booked)
    await practice.move(booked, timedelta(hours=2))

    await practice.until(lambda: len(office.to(client.email)) == 2)
    first, second = office.to(client.email)
    assert first["Message-ID"] != second["Message-ID"]
    await practice.until(lambda: _all(practice, booked, ["sent", "sent"]))


async def test_of_several_rules_whose_time_has_passed_one_mail_speaks(practice, office):
    await practice.rule(48)
    await practice.rule(2)
    client = await practice.client()
    booked = await practice.book(client, SOON)

    reminder = await practice.ended(booked)
    assert reminder.hours_before == 2
    assert len(office.to(client.email)) == 1


async def test_after_an_outage_the_reminder_nearest_to_the_start_speaks_for_the_others(practice, office):
    await practice.rule(2)
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    await practice.look(
        "UPDATE notifications.reminders SET due_at = now() - hours_before * interval '1 minute', next_attempt_at = now()"
        " WHERE appointment_id = $1",
        booked.id,
    )

    await practice.until(lambda: _is(practice, booked, {24: "skipped", 2: "sent"}))
    assert len(office.to(client.email)) == 1


async def test_what_begins_within_moments_is_not_reminded_of(practice):
    booked = await practice.book(await practice.client(), timedelta(minutes=1))
    assert await practice.reminders(booked) == []


async def test_nobody_is_reminded_of_what_has_begun(practice, office):
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    await practice.look(
        "UPDATE notifications.reminders SET starts_at = now() - interval '1 second', next_attempt_at = now() WHERE appointment_id = $1",
        booked.id,
    )
    reminder = await practice.ended(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_SKIPPED, "appointment_begun")
    assert office.asked[client.email] == 0


@pytest.mark.parametrize(
    ("but", "reason"),
    [({"email": None}, "no_email_address"), ({"is_active": False}, "client_inactive")],
    ids=["without an address", "inactive"],
)
async def test_who_cannot_or_should_not_be_written_to_is_skipped_with_a_reason(practice, but, reason):
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    changes = {name: value for name, value in but.items() if value is not None}
    await practice.house.stub(ClientsStub).UpdateClient(
        clients_pb2.UpdateClientRequest(client_id=client.id, mask=FieldMask(paths=list(but)), **changes), practice.call
    )
    await practice.make_due(booked)

    reminder = await practice.ended(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_SKIPPED, reason)


async def test_the_calendar_as_it_is_now_has_the_last_word(practice, office):
    """The news of a cancellation and of a move have not arrived yet when the reminders fall due."""
    called_off, moved = await practice.client(), await practice.client()
    first, second = await practice.book(called_off, WEEK), await practice.book(moved, WEEK)
    relay = practice.house.runtime("scheduling")._relay
    await relay.stop()
    try:
        await practice.cancel(first, settle=False)
        await practice.move(second, 2 * WEEK, settle=False)
        await practice.make_due(first)
        await practice.make_due(second)

        reminder = await practice.ended(first)
        assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_CANCELLED, "appointment_closed")
        await practice.until(lambda: _is_due_after(practice, second, datetime.now(UTC) + timedelta(days=12)))
    finally:
        await practice.house.runtime("scheduling").relay()
    await practice.house.settle()
    assert await practice.statuses(second) == ["pending"]
    assert office.asked[called_off.email] == office.asked[moved.email] == 0


# --- the log


async def test_the_log_is_filtered_and_paged_latest_due_first(practice):
    client, other = await practice.client(), await practice.client()
    sent = await practice.book(client, SOON)
    await practice.ended(sent)
    waiting = [await practice.book(client, WEEK * n) for n in (1, 2, 3)]
    await practice.book(other, WEEK)

    assert [r.appointment_id for r in await _log(practice, client_id=client.id)] == [a.id for a in (*reversed(waiting), sent)]
    assert [r.appointment_id for r in await _log(practice, client_id=client.id, status=pb.REMINDER_STATUS_SENT)] == [sent.id]
    assert [r.appointment_id for r in await _log(practice, appointment_id=waiting[0].id)] == [waiting[0].id]
    window = {"start_date": datetime.now(UTC) + WEEK, "end_date": datetime.now(UTC) + 2 * WEEK}
    assert [r.appointment_id for r in await _log(practice, client_id=client.id, **window)] == [waiting[1].id]

    second = await practice.stub.ListLogs(pb.ListLogsRequest(page=2, page_size=2), practice.call)
    assert (len(second.items), second.total) == (2, 5)
    assert second.items[1].appointment_id == waiting[0].id or second.items[0].appointment_id == waiting[0].id


async def test_the_log_shows_nothing_of_another_workspace(practice, neighbour):
    client = await neighbour.client()
    booked = await neighbour.book(client, WEEK)
    assert await _log(practice, client_id=client.id) == []
    assert await _log(practice, appointment_id=booked.id) == []
    with pytest.raises(NotFound):
        await practice.reminders(booked)


async def test_a_page_out_of_range_is_refused(practice):
    with pytest.raises(Invalid):
        await practice.stub.ListLogs(pb.ListLogsRequest(page_size=101), practice.call)


async def test_a_rule_and_a_booking_made_at_the_same_moment_find_each_other(practice):
    client = await practice.client()
    bookings = [practice.book(client, WEEK + timedelta(hours=n), settle=False) for n in range(6)]
    *booked, _ = await asyncio.gather(*bookings, practice.rule(36))
    await practice.house.settle()
    for appointment in booked:
        assert await _by_hours(practice, appointment) == {24: "pending", 36: "pending"}


async def _update(practice, rule, **changes):
    request = pb.UpdateConfigurationRequest(configuration_id=rule.id, mask=FieldMask(paths=list(changes)), **changes)
    return await practice.stub.UpdateConfiguration(request, practice.call)


async def _log(practice, **filters):
    return list((await practice.stub.ListLogs(pb.ListLogsRequest(**filters), practice.call)).items)


async def _by_hours(practice, booked):
    return {
        r.hours_before: pb.ReminderStatus.Name(r.status).removeprefix("REMINDER_STATUS_").lower() for r in await practice.reminders(booked)
    }


async def _is(practice, booked, expected):
    return await _by_hours(practice, booked) == expected


async def _all(practice, booked, expected):
    return await practice.statuses(booked) == expected


async def _is_due_after(practice, booked, moment):
    (reminder,) = await practice.reminders(booked)
    return when(reminder.due_at) > moment
