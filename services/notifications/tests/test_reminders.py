"""Reminders from end to end: rules, appointments, the mail that is sent, and the log."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import to_datetime
from notifications.reminders import workflow
from notifications.reminders.rules import KnownAppointment

SOON = timedelta(minutes=30)
WEEK = timedelta(days=7)


# --- rules


async def test_a_new_workspace_has_a_rule_of_24_hours(practice):
    (rule,) = await practice.rules()
    assert (rule.hours_before, rule.channel, rule.is_active) == (24, pb.CHANNEL_EMAIL, True)
    assert rule.workspace_id == str(practice.workspace_id)


async def test_two_active_rules_of_the_same_hours_are_refused(practice):
    with pytest.raises(Conflict) as refused:
        await practice.rule(24)
    assert refused.value.code == "reminder_rule_exists"

    await practice.rule(24, is_active=False)
    assert len(await practice.rules()) == 2


@pytest.mark.parametrize("hours", [0, -1, 721])
async def test_a_rule_outside_one_hour_to_thirty_days_is_refused(practice, hours):
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


async def test_a_required_field_of_a_rule_cannot_be_cleared(practice):
    (rule,) = await practice.rules()
    with pytest.raises(Invalid) as refused:
        await practice.stub.UpdateConfiguration(
            pb.UpdateConfigurationRequest(configuration_id=rule.id, mask=FieldMask(paths=["hours_before"])), practice.call
        )
    assert refused.value.code == "field_required"


async def test_a_caller_who_may_only_read_cannot_change_rules(practice):
    reader = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["reminders:read"])
    with pytest.raises(Forbidden):
        await practice.stub.CreateConfiguration(pb.CreateConfigurationRequest(hours_before=2, channel=pb.CHANNEL_EMAIL), reader)


# --- planning


async def test_a_booking_plans_one_reminder_per_active_rule(practice):
    await practice.rule(2)
    await practice.rule(48, is_active=False)
    booked = await practice.book(await practice.client(), WEEK)

    found = await practice.reminders(booked)
    start = to_datetime(booked.scheduled_start)
    assert [(r.hours_before, to_datetime(r.due_at)) for r in found] == [(2, start - timedelta(hours=2)), (24, start - timedelta(hours=24))]
    assert await practice.statuses(booked) == ["pending", "pending"]


async def test_moving_an_appointment_moves_its_pending_reminder(practice):
    booked = await practice.book(await practice.client(), WEEK)
    (before,) = await practice.reminders(booked)
    await practice.move(booked, 2 * WEEK)

    (after,) = await practice.reminders(booked)
    assert after.id == before.id
    assert to_datetime(after.due_at) > to_datetime(before.due_at) + timedelta(days=6)
    assert await practice.statuses(booked) == ["pending"]


async def test_a_move_past_the_time_of_one_rule_leaves_the_other_pending(practice):
    await practice.rule(72)
    booked = await practice.book(await practice.client(), WEEK)
    await practice.move(booked, timedelta(hours=48))

    # The time of the 72-hour rule has passed, so its mail is sent at once; that of the 24-hour rule is still to come.
    await practice.until(lambda: _is(practice, booked, {72: "sent", 24: "pending"}))
    assert len(await practice.reminders(booked)) == 2


async def test_cancelling_an_appointment_cancels_its_pending_reminder(practice):
    booked = await practice.book(await practice.client(), WEEK)
    await practice.cancel(booked)
    (reminder,) = await practice.reminders(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_CANCELLED, "appointment_closed")


async def test_an_appointment_scheduled_again_gets_a_new_reminder(practice):
    booked = await practice.book(await practice.client(), WEEK)
    await practice.cancel(booked)
    await practice.change(booked, status=appointments_pb2.APPOINTMENT_STATUS_SCHEDULED)
    assert sorted(await practice.statuses(booked)) == ["cancelled", "pending"]


async def test_events_delivered_out_of_order_leave_the_newest_state(practice):
    runtime = practice.environment.runtime("notifications")
    appointment_id, client_id, start = uuid7(), uuid7(), datetime.now(UTC) + WEEK
    async with runtime.background(practice.workspace_id) as call:
        await workflow.close_appointment(call, appointment_id, 3)
    async with runtime.background(practice.workspace_id) as call:
        await workflow.record_appointments(call, [KnownAppointment(appointment_id, client_id, start, 1)], now=call.now)
        await workflow.record_appointments(call, [KnownAppointment(appointment_id, client_id, start + WEEK, 2)], now=call.now)
    assert await practice.look("SELECT 1 FROM notifications.reminders WHERE appointment_id = $1", appointment_id) == []

    async with runtime.background(practice.workspace_id) as call:
        await workflow.record_appointments(call, [KnownAppointment(appointment_id, client_id, start, 4)], now=call.now)
        await workflow.record_appointments(call, [KnownAppointment(appointment_id, client_id, start + WEEK, 2)], now=call.now)
    (row,) = await practice.look("SELECT starts_at, status FROM notifications.reminders WHERE appointment_id = $1", appointment_id)
    assert (row["starts_at"], row["status"]) == (start, "pending")


async def test_appointments_recorded_together_end_as_if_recorded_one_by_one(practice):
    """New, moved, unchanged, stale and closed ones, and two versions of one."""
    runtime = practice.environment.runtime("notifications")
    start, client_id = datetime.now(UTC) + WEEK, uuid7()
    new, twice, moved, same, stale, closed = (uuid7() for _ in range(6))
    async with runtime.background(practice.workspace_id) as call:
        known = [KnownAppointment(each, client_id, start, 3) for each in (moved, same, stale)]
        await workflow.record_appointments(call, known, now=call.now)
        await workflow.close_appointment(call, closed, 3)
    async with runtime.background(practice.workspace_id) as call:
        due_at_once = await workflow.record_appointments(
            call,
            [
                KnownAppointment(twice, client_id, start + WEEK, 2),
                KnownAppointment(twice, client_id, start, 1),
                KnownAppointment(moved, client_id, start + WEEK, 4),
                KnownAppointment(stale, client_id, start + WEEK, 2),
                KnownAppointment(closed, client_id, start, 2),
                KnownAppointment(same, client_id, start, 4),
                KnownAppointment(new, client_id, start, 1),
            ],
            now=call.now,
        )

    rows = await practice.look("SELECT appointment_id, starts_at, status FROM notifications.reminders WHERE client_id = $1", client_id)
    assert {row["appointment_id"]: row["starts_at"] for row in rows} == {
        new: start,
        twice: start + WEEK,
        moved: start + WEEK,
        same: start,
        stale: start,
    }
    assert [row["status"] for row in rows] == ["pending"] * 5
    assert not due_at_once


async def test_a_reminder_that_is_due_at_once_is_told(practice):
    runtime = practice.environment.runtime("notifications")
    async with runtime.background(practice.workspace_id) as call:
        known = [KnownAppointment(uuid7(), uuid7(), datetime.now(UTC) + WEEK, 1), KnownAppointment(uuid7(), uuid7(), call.now + SOON, 1)]
        assert await workflow.record_appointments(call, known, now=call.now)


async def test_a_new_rule_applies_to_known_appointments_but_sends_no_mail_at_once(practice):
    near, far = await practice.book(await practice.client(), SOON), await practice.book(await practice.client(), 2 * WEEK)
    await practice.finished_reminder(near)

    await practice.rule(100)

    assert [r.hours_before for r in await practice.reminders(far)] == [24, 100]
    assert [r.hours_before for r in await practice.reminders(near)] == [24]


async def test_changing_a_rule_replans_its_reminders_and_deleting_it_cancels_them(practice):
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
    await practice.environment.settle()
    assert await _by_hours(practice, booked) == {24: "cancelled", 12: "cancelled"}
    assert await practice.rules() == []


async def test_erasing_a_client_deletes_its_reminders_and_appointments(practice):
    client = await practice.client()
    await practice.book(client, WEEK)
    await practice.finished_reminder(await practice.book(client, SOON))

    await practice.environment.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=client.id), practice.call)
    await practice.environment.settle()

    for table in ("reminders", "appointments"):
        assert await practice.look(f"SELECT 1 FROM notifications.{table} WHERE client_id::text = $1", client.id) == []
    assert await practice.look("SELECT 1 FROM notifications.due_work WHERE workspace_id = $1", practice.workspace_id) == []


# --- sending


async def test_a_booking_after_the_time_of_its_rule_is_mailed_at_once(practice, mail_server):
    client = await practice.client()
    booked = await practice.book(client, SOON)
    reminder = await practice.finished_reminder(booked)

    assert (reminder.status, reminder.attempts) == (pb.REMINDER_STATUS_SENT, 1)
    assert not reminder.HasField("last_error")
    assert abs(to_datetime(reminder.sent_at) - datetime.now(UTC)) < timedelta(seconds=30)
    assert len(mail_server.to(client.email)) == 1


async def test_the_mail_holds_the_first_name_the_time_and_the_practice_and_no_other_phi(practice, mail_server):
    client = await practice.client(first_name="Zoë <b>", medical_history="migraine", phone="+49 30 1234567")
    booked = await practice.book(client, SOON)
    await practice.finished_reminder(booked)

    (mail,) = mail_server.to(client.email)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Hello Zoë <b>," in text
    assert "Hello Zoë &lt;b&gt;," in html
    assert "Lakeside & Partners" in text
    assert mail["From"].addresses[0].display_name == "Lakeside & Partners"
    assert mail["From"].addresses[0].addr_spec == "no-reply@mail.example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    for secret in ("Lovelace", "migraine", "1234567", client.id):
        assert secret not in mail.as_string()


async def test_the_time_is_in_the_clients_zone_or_else_the_practices(practice, mail_server):
    at_home, abroad = await practice.client(), await practice.client(time_zone="Asia/Tokyo")
    booked = await practice.book(at_home, SOON)
    await practice.finished_reminder(booked)
    await practice.finished_reminder(await practice.book(abroad, SOON))

    (home,), (away,) = mail_server.to(at_home.email), mail_server.to(abroad.email)
    assert " CE" in home.get_body(("plain",)).get_content()
    assert " JST" in away.get_body(("plain",)).get_content()


async def test_every_attempt_at_a_reminder_has_the_same_message_id(practice, mail_server):
    client = await practice.client()
    mail_server.behaviour[client.email] = "defers the mail"
    booked = await practice.book(client, SOON)
    await practice.until(lambda: mail_server.attempts[client.email] >= 2)
    mail_server.behaviour.pop(client.email)
    reminder = await practice.finished_reminder(booked)

    (mail,) = mail_server.to(client.email)
    assert mail["Message-ID"] == f"<reminder.{reminder.id}@mail.example.com>"
    assert reminder.attempts >= 2


async def test_an_appointment_moved_after_its_mail_gets_another_mail(practice, mail_server):
    client = await practice.client()
    booked = await practice.book(client, SOON)
    await practice.finished_reminder(booked)
    await practice.move(booked, timedelta(hours=2))

    await practice.until(lambda: _all(practice, booked, ["sent", "sent"]))
    # Unless the second reminder was quicker, another mail has moved the appointment in the client's calendar.
    ids = [mail["Message-ID"] for mail in mail_server.to(client.email)]
    assert len(set(ids)) == len(ids)
    assert len([id_ for id_ in ids if "calendar" not in id_]) == 2


async def test_several_rules_whose_times_have_passed_send_one_mail(practice, mail_server):
    await practice.rule(48)
    await practice.rule(2)
    client = await practice.client()
    booked = await practice.book(client, SOON)

    reminder = await practice.finished_reminder(booked)
    assert reminder.hours_before == 2
    assert len(mail_server.to(client.email)) == 1


async def test_after_an_outage_only_the_reminder_nearest_to_the_start_is_mailed(practice, mail_server):
    await practice.rule(2)
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    await practice.look(
        "UPDATE notifications.reminders SET due_at = now() - hours_before * interval '1 minute', next_attempt_at = now()"
        " WHERE appointment_id = $1",
        booked.id,
    )

    await practice.until(lambda: _is(practice, booked, {24: "skipped", 2: "sent"}))
    assert len(mail_server.to(client.email)) == 1


async def test_an_appointment_that_begins_within_two_minutes_gets_no_reminder(practice):
    booked = await practice.book(await practice.client(), timedelta(minutes=1))
    assert await practice.reminders(booked) == []


async def test_an_appointment_that_has_begun_is_not_mailed_about(practice, mail_server):
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    await practice.look(
        "UPDATE notifications.reminders SET starts_at = now() - interval '1 second', next_attempt_at = now() WHERE appointment_id = $1",
        booked.id,
    )
    reminder = await practice.finished_reminder(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_SKIPPED, "appointment_begun")
    assert mail_server.attempts[client.email] == 0


@pytest.mark.parametrize(
    ("but", "reason"),
    [({"email": None}, "no_email_address"), ({"is_active": False}, "client_inactive")],
    ids=["without an address", "inactive"],
)
async def test_a_client_without_address_or_inactive_is_skipped_with_a_reason(practice, but, reason):
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    changes = {name: value for name, value in but.items() if value is not None}
    await practice.environment.stub(ClientsStub).UpdateClient(
        clients_pb2.UpdateClientRequest(client_id=client.id, mask=FieldMask(paths=list(but)), **changes), practice.call
    )
    await practice.make_due(booked)

    reminder = await practice.finished_reminder(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_SKIPPED, reason)


async def test_the_calendar_is_checked_again_before_a_reminder_is_mailed(practice, mail_server):
    """The events of a cancellation and of a move are not delivered yet when the reminders become due."""
    called_off, moved = await practice.client(), await practice.client()
    first, second = await practice.book(called_off, WEEK), await practice.book(moved, WEEK)
    relay = practice.environment.runtime("scheduling")._relay
    await relay.stop()
    try:
        await practice.cancel(first, settle=False)
        await practice.move(second, 2 * WEEK, settle=False)
        await practice.make_due(first)
        await practice.make_due(second)

        reminder = await practice.finished_reminder(first)
        assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_CANCELLED, "appointment_closed")
        await practice.until(lambda: _is_due_after(practice, second, datetime.now(UTC) + timedelta(days=12)))
    finally:
        await practice.environment.runtime("scheduling").relay()
    await practice.environment.settle()
    assert await practice.statuses(second) == ["pending"]
    assert mail_server.attempts[called_off.email] == mail_server.attempts[moved.email] == 0


# --- the log


async def test_the_log_is_filtered_paged_and_ordered_latest_due_first(practice):
    client, other = await practice.client(), await practice.client()
    sent = await practice.book(client, SOON)
    await practice.finished_reminder(sent)
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


async def test_the_log_excludes_other_workspaces(practice, neighbour):
    client = await neighbour.client()
    booked = await neighbour.book(client, WEEK)
    assert await _log(practice, client_id=client.id) == []
    assert await _log(practice, appointment_id=booked.id) == []
    with pytest.raises(NotFound):
        await practice.reminders(booked)


async def test_a_page_out_of_range_is_refused(practice):
    with pytest.raises(Invalid):
        await practice.stub.ListLogs(pb.ListLogsRequest(page_size=101), practice.call)


async def test_bookings_and_a_rule_created_at_the_same_time_miss_no_reminder(practice):
    client = await practice.client()
    bookings = [practice.book(client, WEEK + timedelta(hours=n), settle=False) for n in range(6)]
    *booked, _ = await asyncio.gather(*bookings, practice.rule(36))
    await practice.environment.settle()
    for appointment in booked:
        assert await _by_hours(practice, appointment) == {24: "pending", 36: "pending"}


async def _update(practice, rule, **changes):
    request = pb.UpdateConfigurationRequest(configuration_id=rule.id, mask=FieldMask(paths=list(changes)), **changes)
    changed = await practice.stub.UpdateConfiguration(request, practice.call)
    await practice.environment.settle()
    return changed


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
    return to_datetime(reminder.due_at) > moment


async def test_a_reminder_that_was_sent_has_told_somebody_and_one_that_was_not_has_not(practice, mail_server):
    told, untold = await practice.client(), await practice.client()
    mail_server.behaviour[untold.email] = "bounces"
    sent, bounced = [await practice.book(client, timedelta(hours=12)) for client in (told, untold)]
    for appointment in (sent, bounced):
        await practice.finished_reminder(appointment)

    lines = await practice.environment.emitted(AuditRecorded, practice.workspace_id)
    ends = {line.resource_id: line for line in lines if line.event_type == "send_reminder"}
    assert ends.keys() == {sent.id, bounced.id}
    assert {line.service for line in ends.values()} == {"notifications"}
    assert (ends[sent.id].action, ends[sent.id].facts["status"]) == (options_pb2.ACTION_SHARE, "sent")
    assert (ends[bounced.id].action, ends[bounced.id].facts["status"]) == (options_pb2.ACTION_UPDATE, "bounced")
    assert ends[bounced.id].facts["reason"]


async def test_reminders_of_a_suspended_workspace_are_held_and_go_out_when_it_is_active_again(practice, mail_server):
    client, status = await practice.client(), "UPDATE identity.workspaces SET status = $2 WHERE workspace_id = $1"
    await practice.look(status, practice.workspace_id, "suspended")
    appointment = await practice.book(client, timedelta(minutes=30))
    held = (
        "SELECT 1 FROM notifications.reminders WHERE workspace_id = $1 AND last_error = 'workspace_suspended' AND next_attempt_at > now()"
    )
    await practice.until(lambda: practice.look(held, practice.workspace_id))
    assert set(await practice.statuses(appointment)) == {"pending"}
    assert mail_server.to(client.email) == []

    await practice.look(status, practice.workspace_id, "active")
    # Instead of waiting for the minute in which it is not looked at.
    await practice.look("UPDATE notifications.reminders SET next_attempt_at = now() WHERE workspace_id = $1", practice.workspace_id)
    await practice.until(lambda: len(mail_server.to(client.email)) == 1)
