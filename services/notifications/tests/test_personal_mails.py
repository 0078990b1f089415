"""Mails to people about their own work: each once, at their own hour, and without a word about any client."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import sessions_pb2
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import notification_settings_pb2 as pb
from caseload.notifications.v1.notification_settings_rpc import NotificationSettingsStub
from caseload.scheduling.v1 import appointments_pb2, events_pb2, series_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from chassis.auth.tokens import ServiceSigner
from chassis.errors import Invalid, NotFound
from chassis.events.signatures import EventSigner
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.work.envelope import Envelope
from identity.people.registration import add_user
from notifications.personal_mails.worker import Claim, PersonalWorker

from .conftest import open_practice, set_settings

MINUTE = timedelta(minutes=1)
KINDS = ("booked", "cancelled", "rescheduled", "confirmed")


def noon_zone():
    """A zone in which it is noon, so that no test comes near midnight. Signs of these names are turned around (IANA)."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


def clock(zone, ago):
    return f"{datetime.now(ZoneInfo(zone)) - ago:%H:%M}"


async def make_due(practice, user_id, ago=timedelta(hours=1)):
    """As if nobody had looked since then."""
    await practice.look(
        "UPDATE notifications.notification_settings SET done_until = now() - $2::interval, next_at = now() WHERE user_id = $1",
        user_id,
        ago,
    )


async def mails(practice, **but):
    """Those to people who work here."""
    own = "SELECT * FROM notifications.mails WHERE workspace_id = $1 AND user_id IS NOT NULL ORDER BY kind"
    rows = await practice.look(own, practice.workspace_id)
    return [row for row in rows if all(row[name] == value for name, value in but.items())]


async def are_settled(practice, number):
    """Waits until so many mails were handled, and returns what became of each."""

    async def settled():
        found = await mails(practice)
        return len(found) >= number and not {row["status"] for row in found} & {"pending", "sending"}

    await practice.until(settled)
    return [(row["kind"], row["status"], row["last_error"]) for row in await mails(practice)]


def words(mail):
    return "".join([mail["Subject"], *(mail.get_body((part,)).get_content() for part in ("plain", "html"))])


async def hire(practice, role="therapist"):
    identity = practice.environment.runtime("identity")
    keys = await identity.keys.of(practice.workspace_id)
    user = users_pb2.User(id=str(uuid7()), email=f"{uuid7().hex}@example.com", full_name="Nora Quist")
    async with identity.background(practice.workspace_id) as work:
        await add_user(work, identity.keyring, keys, user, role=role)
    return replace(practice, owner_id=UUID(user.id), owner_email=user.email)


async def test_the_agenda_of_today_and_tomorrow_is_mailed_once_with_times_and_no_names(practice):
    zone = noon_zone()
    client = await practice.client()
    today, tomorrow = await practice.book(client, 2 * 60 * MINUTE), await practice.book(client, 24 * 60 * MINUTE)
    clinics = [ZoneInfo(zone), to_datetime(today.scheduled_start), to_datetime(tomorrow.scheduled_start)]
    ten_minutes_ago = clock(zone, 10 * MINUTE)
    times = dict.fromkeys(("digest_time", "tomorrow_digest_time"), ten_minutes_ago)
    await set_settings(practice, practice.call, time_zone=zone, digest_enabled=True, tomorrow_digest_enabled=True, **times)
    await make_due(practice, practice.owner_id)

    assert await are_settled(practice, 2) == [("agenda_today", "sent", None), ("agenda_tomorrow", "sent", None)]
    sent = sorted(practice.mail_server.to(practice.owner_email), key=lambda mail: mail["Message-ID"])
    for mail, starts_at in zip(sent, clinics[1:], strict=True):
        local = starts_at.astimezone(clinics[0])
        assert f"{local:%H:%M}\N{EN DASH}" in mail.get_body(("plain",)).get_content()
        assert f"{local:%-d %B %Y}" in mail["Subject"]
        assert not [word for word in ("Ada", "Lovelace", client.id, client.email) if word in words(mail)]

    # However many look, and although it is as if nobody had, and at another time of the same day.
    await set_settings(practice, practice.call, digest_time=clock(zone, 5 * MINUTE))
    await make_due(practice, practice.owner_id)
    runtime = practice.environment.runtime("notifications")
    claim = Claim(practice.workspace_id, practice.owner_id)
    await asyncio.gather(*(PersonalWorker(runtime).do_what_is_due(claim) for _ in range(4)))
    assert len(await mails(practice)) == 2


async def test_what_was_claimed_and_not_done_is_done_by_another(practice):
    """Its worker was killed; what it leaves is a lease."""
    zone = noon_zone()
    await set_settings(practice, practice.call, time_zone=zone, digest_enabled=True, digest_time=clock(zone, 10 * MINUTE))
    async with practice.environment.superuser() as connection, connection.transaction():
        await connection.execute(
            "UPDATE notifications.notification_settings SET done_until = now() - interval '1 hour', next_at = now() WHERE user_id = $1",
            practice.owner_id,
        )
        await connection.execute(
            "UPDATE notifications.due_work SET due_at = now() + interval '1 second' WHERE item_id = $1 AND kind = 'personal'",
            practice.owner_id,
        )

    assert await are_settled(practice, 1) == [("agenda_today", "sent", None)]
    assert "No appointments on" in practice.mail_server.to(practice.owner_email)[0]["Subject"]


async def test_nothing_is_mailed_in_a_suspended_workspace_or_to_somebody_inactive(practice):
    zone = noon_zone()
    nora, settings = await hire(practice), {"digest_enabled": True, "digest_time": clock(zone, 10 * MINUTE), "time_zone": zone}
    for person in (practice, nora):
        await set_settings(practice, person.call, **settings)
    await practice.environment.stub(UsersStub).DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(nora.owner_id)), practice.call)
    await make_due(practice, nora.owner_id)
    ((_, status, _),) = await are_settled(practice, 1)
    assert (status, practice.mail_server.to(nora.owner_email)) == ("dropped", [])

    await practice.look("UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1", practice.workspace_id)
    await make_due(practice, practice.owner_id)
    done = "SELECT 1 FROM notifications.notification_settings WHERE user_id = $1 AND done_until > now() - interval '30 minutes'"
    await practice.until(lambda: practice.look(done, practice.owner_id))
    assert len(await mails(practice)) == 1


async def test_drafts_are_counted_where_there_are_any(practice):
    zone = noon_zone()
    settings = {"notes_reminder_enabled": True, "notes_reminder_time": clock(zone, 10 * MINUTE), "time_zone": zone}
    nora, client = await hire(practice), await practice.client()
    note = sessions_pb2.CreateSessionRequest(client_id=client.id, session_date=to_timestamp(datetime.now(UTC)), subjective="Worse.")
    for _ in range(2):
        await practice.environment.stub(SessionsStub).CreateSession(note, practice.call)
    for person in (practice, nora):
        await set_settings(practice, person.call, **settings)
        await make_due(practice, person.owner_id)

    assert {outcome[1:] for outcome in await are_settled(practice, 2)} == {("sent", None), ("dropped", "nothing_waits")}
    (mail,) = practice.mail_server.to(practice.owner_email)
    assert mail["Subject"] == "Notes that you have not finished: 2"
    assert "Worse" not in words(mail)


async def test_a_practitioner_hears_what_others_do_to_their_appointments(practice):
    nora, client = await hire(practice), await practice.client()
    await set_settings(practice, nora.call, **dict.fromkeys((f"notify_appointment_{kind}" for kind in KINDS), True))
    await nora.book(client, 4 * 60 * MINUTE)
    assert await mails(practice) == []

    booked = await book_for(practice, nora, client)
    await practice.move(booked, 6 * 60 * MINUTE)
    # As scheduling tells it once the client has followed the link in a reminder.
    confirmed = events_pb2.AppointmentConfirmed(
        appointment_id=booked.id, client_id=client.id, version=3, confirmed_at=to_timestamp(datetime.now(UTC))
    )
    await announce(practice, confirmed)
    await are_settled(practice, 3)
    await practice.cancel(booked)

    assert await are_settled(practice, 4) == [
        (f"appointment_{kind}", "sent", None) for kind in ("booked", "cancelled", "confirmed", "rescheduled")
    ]
    told = practice.mail_server.to(nora.owner_email)
    assert len(told) == 4
    assert not [word for word in ("Ada", "Lovelace") for mail in told if word in words(mail)]


async def test_what_is_done_to_a_series_at_once_is_one_mail(practice):
    nora, client = await hire(practice), await practice.client()
    await set_settings(practice, nora.call, **dict.fromkeys((f"notify_appointment_{kind}" for kind in KINDS), True))
    stub = practice.environment.stub(AppointmentSeriesStub)
    request = series_pb2.CreateSeriesRequest(
        client_id=client.id,
        practitioner_id=str(nora.owner_id),
        rrule="FREQ=DAILY;COUNT=20",
        first_start=datetime.now(UTC).replace(microsecond=0) + timedelta(days=2),
        duration_minutes=30,
        time_zone="UTC",
        location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
        on_conflict=series_pb2.ON_CONFLICT_FAIL,
    )
    series = await stub.CreateSeries(request, practice.call)
    await practice.environment.settle()
    change = series_pb2.ChangeSeriesRequest(series_id=series.id, scope=series_pb2.SERIES_SCOPE_ALL, duration_minutes=45)
    change.mask.paths.append("duration_minutes")
    await stub.ChangeSeries(change, practice.call)
    await practice.environment.settle()
    for scope, at in ((series_pb2.SERIES_SCOPE_THIS, 3), (series_pb2.SERIES_SCOPE_FOLLOWING, 4)):
        chosen = {"scope": scope, "appointment_id": series.occurrences[at].appointment_id}
        await stub.DeleteSeries(series_pb2.DeleteSeriesRequest(series_id=series.id, **chosen), practice.call)
        await practice.environment.settle()

    kinds = ("appointment_cancelled", "several_booked", "several_cancelled", "several_rescheduled")
    assert await are_settled(practice, 4) == [(kind, "sent", None) for kind in kinds]
    subjects = {mail["Subject"] for mail in practice.mail_server.to(nora.owner_email)}
    assert subjects == {
        "One of your appointments was deleted",
        "A series of appointments was booked for you",
        "Several of your appointments were deleted",
        "A series of your appointments was changed",
    }


async def test_an_appointment_is_told_of_before_it_begins_and_again_when_it_was_moved(practice):
    client = await practice.client()
    await set_settings(practice, practice.call, reminder_enabled=True, reminder_minutes=60, time_zone="Europe/Berlin")
    later = await practice.book(client, 5 * 60 * MINUTE)
    expected = to_datetime(later.scheduled_start) - 60 * MINUTE

    async def next_look():
        (row,) = await practice.look("SELECT next_at FROM notifications.notification_settings WHERE user_id = $1", practice.owner_id)
        return row["next_at"] == expected

    await practice.until(next_look)
    soon = await practice.book(client, 50 * MINUTE)
    await make_due(practice, practice.owner_id)
    assert await are_settled(practice, 1) == [("appointment_soon", "sent", None)]
    await practice.move(soon, 40 * MINUTE)
    await make_due(practice, practice.owner_id)
    await are_settled(practice, 2)

    first, second = practice.mail_server.to(practice.owner_email)
    assert first["Subject"] != second["Subject"]
    await practice.until(next_look)


async def test_settings_are_the_persons_own_and_what_is_wrong_changes_nothing(practice, neighbour):
    stub, request = practice.environment.stub(NotificationSettingsStub), pb.GetNotificationSettingsRequest()
    before = await stub.GetNotificationSettings(request, practice.call)
    assert (before.user_id, before.email_enabled, before.digest_enabled, before.HasField("created_at")) == (
        str(practice.owner_id), True, False, False,
    )  # fmt: skip
    changed = await set_settings(practice, practice.call, digest_enabled=True, digest_days=[5, 1, 1], extended_settings={"sound": "bell"})
    assert (list(changed.digest_days), changed.extended_settings["sound"]) == ([1, 5], "bell")
    for wrong in ({"digest_time": "25:00"}, {"time_zone": "Mars"}, {"reminder_minutes": 7}, {"digest_days": [9]}):
        with pytest.raises(Invalid):
            await set_settings(practice, practice.call, **wrong)
    assert await stub.GetNotificationSettings(request, practice.call) == changed
    # Two who save for the first time at the same moment both keep what they have changed.
    names = ("notify_appointment_booked", "notify_appointment_cancelled", "notify_appointment_confirmed")
    await asyncio.gather(*(set_settings(neighbour, neighbour.call, **{name: True}) for name in names))
    theirs = await stub.GetNotificationSettings(request, neighbour.call)
    assert ([getattr(theirs, name) for name in names], theirs.digest_enabled) == ([True] * 3, False)
    with pytest.raises(NotFound):
        await stub.GetNotificationSettings(request, replace(practice, owner_id=uuid7()).call)


async def test_an_agenda_is_in_the_language_and_by_the_clock_of_the_workspace(notifications_environment, mail_server):
    haifa = await open_practice(notifications_environment, mail_server, locale="he", time_zone=noon_zone())
    await set_settings(haifa, haifa.call, digest_enabled=True, digest_time=clock(noon_zone(), 10 * MINUTE))
    await make_due(haifa, haifa.owner_id)

    await are_settled(haifa, 1)
    (mail,) = mail_server.to(haifa.owner_email)
    assert 'lang="he" dir="rtl"' in mail.get_body(("html",)).get_content()


async def book_for(practice, nora, client):
    start = datetime.now(UTC) + 2 * 60 * MINUTE
    request = appointments_pb2.BookAppointmentRequest(
        client_id=client.id,
        practitioner_id=str(nora.owner_id),
        scheduled_start=start,
        scheduled_end=start + 60 * MINUTE,
        location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
        allow_conflict=True,
    )
    booked = await practice.environment.stub(AppointmentsStub).BookAppointment(request, practice.call)
    await practice.environment.settle()
    return booked


async def announce(practice, event):
    """What scheduling announces, delivered twice."""
    envelope = Envelope(uuid7(), practice.workspace_id, event.DESCRIPTOR.full_name, event.SerializeToString(), datetime.now(UTC))
    key = (practice.environment.folder / "service-keys" / "scheduling.key").read_bytes()
    (signature,) = EventSigner(ServiceSigner("scheduling", key)).sign([envelope])
    for _ in range(2):
        await practice.environment.broker.publish(replace(envelope, signature=signature))
