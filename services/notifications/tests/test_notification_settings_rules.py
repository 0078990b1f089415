"""What a person may set, and when their daily mails are due, over days on which clocks change. No server."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from notifications.notification_settings import rules
from notifications.notification_settings.rules import DailyMail

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
SUNDAY, SATURDAY = 0, 6


def settings(**but):
    return {**rules.DEFAULTS, **but}


def agenda(clock, days=rules.DAYS):
    return settings(digest_enabled=True, digest_time=clock, digest_days=list(days))


def at(text, fold=0):
    """A moment of Berlin's clocks; with fold=1 the second one of an hour that comes twice."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def faults(**but):
    with pytest.raises(Invalid) as refused:
        rules.check_settings(settings(**but), zone_is_known=but.get("time_zone") is None)
    return sorted(fault.pointer for fault in refused.value.faults)


def test_nothing_but_alerts_is_mailed_until_somebody_wants_it():
    rules.check_settings(rules.DEFAULTS, zone_is_known=True)
    assert not any(rules.wants(rules.DEFAULTS, kind) for kind in (*rules.DAILY, *rules.ABOUT_AN_APPOINTMENT))
    assert rules.DEFAULTS["notify_alerts"]
    assert rules.next_look_at(rules.DEFAULTS, BERLIN, at("2026-11-20T06:00"), None) is None


@pytest.mark.parametrize("kind", [*rules.DAILY, *rules.ABOUT_AN_APPOINTMENT])
def test_a_kind_of_mail_is_wanted_by_its_own_setting_unless_all_mail_is_off(kind):
    switch = rules.DAILY[kind][0] if kind in rules.DAILY else rules.ABOUT_AN_APPOINTMENT[kind]
    assert rules.wants(settings(**{switch: True}), kind)
    assert not rules.wants(settings(**{switch: True}, email_enabled=False), kind)
    others = [each for each in (*rules.DAILY, *rules.ABOUT_AN_APPOINTMENT) if each != kind]
    assert not any(rules.wants(settings(**{switch: True}), each) for each in others)


@pytest.mark.parametrize(("single", "kind"), rules.ABOUT_SEVERAL.items())
def test_a_mail_about_a_series_is_wanted_as_those_about_its_appointments(single, kind):
    assert not rules.wants(rules.DEFAULTS, kind)
    assert rules.wants(settings(**{rules.ABOUT_AN_APPOINTMENT[single]: True}), kind)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"digest_time": "7:00"}, "/digest_time"),
        ({"tomorrow_digest_time": "24:00"}, "/tomorrow_digest_time"),
        ({"notes_reminder_time": "12:60"}, "/notes_reminder_time"),
        ({"digest_days": [7]}, "/digest_days"),
        ({"tomorrow_digest_days": [-1]}, "/tomorrow_digest_days"),
        ({"digest_days": [0] * 8}, "/digest_days"),
        ({"digest_days": None}, "/digest_days"),
        ({"reminder_minutes": 31}, "/reminder_minutes"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"extended_settings": {"a": "x" * 10_000}}, "/extended_settings"),
        ({"email_enabled": None}, "/email_enabled"),
        ({"digest_enabled": True, "digest_time": None}, "/digest_time"),
        ({"tomorrow_digest_enabled": True, "tomorrow_digest_time": None}, "/tomorrow_digest_time"),
        ({"reminder_enabled": True, "reminder_minutes": None}, "/reminder_minutes"),
        ({"notes_reminder_enabled": True, "notes_reminder_time": None}, "/notes_reminder_time"),
    ],
)
def test_a_setting_that_is_not_valid_is_named(wrong, field):
    assert faults(**wrong) == [field]


def test_what_is_not_enabled_needs_no_time():
    nothing = dict.fromkeys(("digest_time", "tomorrow_digest_time", "notes_reminder_time", "reminder_minutes", "time_zone"))
    rules.check_settings(settings(**nothing), zone_is_known=True)
    for minutes in rules.MINUTES:
        rules.check_settings(settings(reminder_enabled=True, reminder_minutes=minutes), zone_is_known=True)
    rules.check_settings(settings(digest_time="23:59", digest_days=[], extended_settings={"a": "x" * 9_991}), zone_is_known=True)


def test_a_mail_is_due_from_its_time_on_and_not_twice():
    seven = agenda("07:00")
    friday = DailyMail("agenda_today", date(2026, 11, 20), at("2026-11-20T07:00"))
    assert rules.due_mails(seven, BERLIN, at("2026-11-20T06:00"), at("2026-11-20T06:59")) == []
    assert rules.due_mails(seven, BERLIN, at("2026-11-20T06:00"), at("2026-11-20T07:00")) == [friday]
    assert rules.due_mails(seven, BERLIN, at("2026-11-20T07:00"), at("2026-11-20T12:00")) == []
    assert rules.next_mail_at(seven, BERLIN, at("2026-11-20T06:59")) == friday.at
    assert rules.next_mail_at(seven, BERLIN, friday.at) == at("2026-11-21T07:00")


def test_days_of_the_week_begin_with_sunday():
    weekend = agenda("07:00", [SUNDAY, SATURDAY])
    assert rules.next_mail_at(weekend, BERLIN, at("2026-11-20T07:00")) == at("2026-11-21T07:00")
    assert rules.next_mail_at(weekend, BERLIN, at("2026-11-21T07:00")) == at("2026-11-22T07:00")
    assert rules.next_mail_at(weekend, BERLIN, at("2026-11-22T07:00")) == at("2026-11-28T07:00")
    assert rules.next_mail_at(agenda("07:00", []), BERLIN, at("2026-11-20T07:00")) is None
    # Drafts are counted every day.
    notes = settings(notes_reminder_enabled=True, notes_reminder_time="17:00", digest_days=[])
    assert rules.next_mail_at(notes, BERLIN, at("2026-11-21T07:00")) == at("2026-11-21T17:00")


def test_a_time_that_does_not_come_is_the_first_moment_after_the_gap():
    assert rules.next_mail_at(agenda("02:30"), BERLIN, at("2026-03-28T12:00")) == at("2026-03-29T03:00")
    # Where clocks jump over midnight, that is on the next day.
    beirut = ZoneInfo("Asia/Beirut")
    due = rules.due_mails(agenda("00:15"), beirut, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC))
    assert [(mail.day, mail.at.astimezone(beirut).isoformat()) for mail in due] == [(date(2026, 3, 29), "2026-03-29T01:00:00+03:00")]


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    half_past_two = agenda("02:30")
    first = at("2026-10-25T02:30")
    assert rules.next_mail_at(half_past_two, BERLIN, at("2026-10-24T12:00")) == first
    assert rules.due_mails(half_past_two, BERLIN, first, at("2026-10-25T02:30", fold=1)) == []
    assert rules.next_mail_at(half_past_two, BERLIN, first) == at("2026-10-26T02:30")


def test_after_an_outage_the_newest_of_each_kind_goes_out_unless_it_is_six_hours_late():
    both = settings(digest_enabled=True, notes_reminder_enabled=True, notes_reminder_time="12:00")
    found = rules.due_mails(both, BERLIN, at("2026-11-10T00:00"), at("2026-11-20T12:30"))
    assert {(mail.kind, mail.day) for mail in found} == {("agenda_today", date(2026, 11, 20)), ("notes_waiting", date(2026, 11, 20))}
    (late,) = rules.due_mails(both, BERLIN, at("2026-11-10T00:00"), at("2026-11-20T13:01"))
    assert late.kind == "notes_waiting"


def test_the_next_look_is_at_the_next_mail_or_before_the_next_appointment():
    soon = settings(reminder_enabled=True, reminder_minutes=60, digest_enabled=True)
    now = at("2026-11-20T08:00")
    assert rules.next_look_at(soon, BERLIN, now, at("2026-11-20T14:00")) == at("2026-11-20T13:00")
    assert rules.next_look_at(soon, BERLIN, now, at("2026-11-21T10:00")) == at("2026-11-21T07:00")
    assert rules.next_look_at(settings(reminder_enabled=True), BERLIN, now, None) == now + rules.LOOK_AHEAD


def test_an_agenda_is_of_its_day_or_of_the_next_one_from_midnight_to_midnight():
    evening = at("2026-10-24T18:00")
    assert rules.agenda_day("agenda_today", evening, BERLIN) == date(2026, 10, 24)
    assert rules.agenda_day("agenda_tomorrow", evening, BERLIN) == date(2026, 10, 25)
    begin, end = rules.of_day(date(2026, 10, 25), BERLIN)
    assert (begin, end - begin) == (at("2026-10-25T00:00"), timedelta(hours=25))


@pytest.mark.parametrize(
    "name", [name for name in rules.DEFAULTS if "_time" in name or "digest" in name or name.startswith(("reminder", "email"))]
)
def test_a_setting_of_times_makes_other_times(name):
    assert rules.has_other_times(rules.DEFAULTS, {**rules.DEFAULTS, name: "other"})


def test_the_other_settings_leave_times_alone():
    assert not rules.has_other_times(rules.DEFAULTS, dict(rules.DEFAULTS))
    assert not rules.has_other_times(
        rules.DEFAULTS, settings(notify_alerts=False, extended_settings={"a": 1}, notify_appointment_booked=True)
    )


_MOMENTS = st.integers(0, 364 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
_ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia", "UTC"])
_CLOCKS = st.integers(0, 1439).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")


@given(_MOMENTS, _ZONES, _CLOCKS)
def test_however_often_somebody_looks_each_day_has_one_mail(start, zone_name, clock):
    zone, daily, now, seen = ZoneInfo(zone_name), agenda(clock), start, []
    for _ in range(9):
        looked = rules.next_mail_at(daily, zone, now)
        seen += rules.due_mails(daily, zone, now, looked)
        now = looked
    days = [mail.day for mail in seen]
    assert days == [days[0] + number * DAY for number in range(9)]
    assert [mail.at for mail in seen] == sorted({mail.at for mail in seen})
