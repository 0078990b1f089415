"""What a link in a reminder can still do. No server."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from chassis.errors import Conflict
from notifications.mail.message import as_sent, build
from notifications.reminder_links import rules

START = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
BEFORE = START - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("status", "starts_at", "now", "expected"),
    [
        ("scheduled", START, BEFORE, True),
        ("scheduled", START, START, False),
        ("scheduled", START + timedelta(hours=1), BEFORE, False),
        ("cancelled", START, BEFORE, False),
        ("completed", START, BEFORE, False),
    ],
)
def test_a_link_is_open_while_its_appointment_is_to_take_place_when_the_mail_says(status, starts_at, now, expected):
    assert rules.is_open(status, starts_at, START, now=now) is expected


def test_what_has_been_answered():
    def is_answered(answer, *, confirmed_at=None, cancelled_at=None, declined_at=None):
        return rules.is_answered(answer, confirmed_at=confirmed_at, cancelled_at=cancelled_at, declined_at=declined_at)

    assert not is_answered("confirm")
    assert is_answered("confirm", confirmed_at=BEFORE)
    assert is_answered("confirm", cancelled_at=BEFORE)
    assert not is_answered("cancel", confirmed_at=BEFORE)
    assert is_answered("cancel", confirmed_at=BEFORE, cancelled_at=BEFORE)
    # Declined: they may ask again, or say that they come.
    assert not is_answered("cancel", cancelled_at=BEFORE, declined_at=BEFORE)
    assert not is_answered("confirm", cancelled_at=BEFORE, declined_at=BEFORE)
    assert is_answered("confirm", confirmed_at=BEFORE, cancelled_at=BEFORE, declined_at=BEFORE)


@pytest.mark.parametrize("utf8", [False, True])
def test_the_address_that_mail_programs_opt_out_at_is_written_as_it_is(utf8):
    mail = build(
        sender="Caseload <no-reply@mail.example.com>",
        to="ada@example.com",
        message_id="reminder.1",
        now=START,
        subject="Ihr Termin am Freitag, 20. November 2026, in der Praxis für Physiotherapie und Osteopathie am See",
        text="x",
        html="x",
    )
    address = f"<https://caseload.example.com/reminder/unsubscribe?token={'Ab-_' * 22}>"
    mail["List-Unsubscribe"] = address
    sent = mail.as_bytes(policy=as_sent(utf8=utf8))
    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in sent
    # Others are folded as ever.
    assert all(len(line) <= 78 for line in sent.split(b"\r\n") if b"List-Unsubscribe" not in line)
    assert message_from_bytes(sent, policy=policy.default)["Subject"] == mail["Subject"]


def test_an_appointment_that_is_over_is_refused():
    rules.check_open(is_open=True)
    with pytest.raises(Conflict) as refused:
        rules.check_open(is_open=False)
    assert refused.value.code == "appointment_over"
    assert rules.unknown_link().code == "reminder_link_unknown"
