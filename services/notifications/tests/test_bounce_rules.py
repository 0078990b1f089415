"""What the reports of mail systems say, and when an address is not mailed any more."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.bounces.rules import Report, read, settled
from notifications.return_paths.rules import after, reason_of
from notifications.return_paths.tokens import ReturnToken

from . import bounce_reports

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DOMAIN = "bounces.example.com"


@pytest.mark.parametrize("name", bounce_reports.EXPECTED)
def test_what_mail_systems_report(name):
    found = settled(read(getattr(bounce_reports, name)))
    assert (found.outcome, found.reason) == bounce_reports.EXPECTED[name]


def test_an_automatic_reply_of_a_person_reports_nothing():
    assert read(bounce_reports.OUT_OF_OFFICE) == []
    assert settled([]) is None


@given(st.binary(max_size=2000))
def test_whatever_comes_is_read_or_is_no_report(noise):
    assert read(noise) == [] or settled(read(noise)) is not None


_STATUS = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
_NESTED = b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n"
HOSTILE = {
    "comments that are never closed": _STATUS + b"Action: " + b"(" * 190_000 + b"\r\n",
    "a type of many parameters": b'Content-Type: multipart/report; a="' + b";" * 200_000 + b"\r\n\r\n",
    "a type on many lines": b'Content-Type: multipart/report; a="' + b"\r\n ;" * 80_000 + b"\r\n\r\n",
    "a type after lines of another kind": b'Subject: a\rContent-Type: multipart/report; a="' + b";" * 200_000 + b"\r\n\r\n",
    "parts in parts": b"".join(_NESTED % (depth, depth + 1) for depth in range(500)).partition(b"\n")[2] + b"\r\n" * 100_000,
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 8_000,
    "lines": b"Content-Type: text/plain\r\n\r\n" + b"\r\n" * 500_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_is_sent_to_a_return_path_is_read_within_a_moment(kind):
    """Everybody who was mailed once can send it. Processor time, whatever else the machine does."""
    began = time.process_time()
    assert read(HOSTILE[kind]) == []
    assert time.process_time() - began < 2


@given(st.integers(0, len(bounce_reports.POSTFIX)))
def test_a_report_that_breaks_off_never_says_more_than_the_whole(cut):
    found = settled(read(bounce_reports.POSTFIX[:cut]))
    assert found is None or found in (Report("failed", "dead_address"), Report("failed", "unclear"))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 5.1.1 no such mailbox", "dead_address"),
        ("550 No such user here", "dead_address"),
        ("450 4.1.1 user unknown, greylisted", "unclear"),
        ("451 user unknown at the moment", "unclear"),
        ("550 5.7.1 Relaying denied", "our_fault"),
        ("550 5.7.1 Service unavailable; client host blocked using Spamhaus", "policy"),
        ("552 5.2.2 mailbox full", "mailbox_full"),
        ("550 5.1.1 rejected: blocked by our spam policy", "policy"),
        ("550 requested action not taken", "unclear"),
        ("", "unclear"),
    ],
)
def test_a_reply_alone_tells_the_reason(reply, reason):
    assert reason_of(reply) == reason


def test_a_dead_address_is_held_at_once():
    assert after(None, "dead_address", now=NOW).held_at == NOW


@pytest.mark.parametrize("reason", ["policy", "our_fault", "dns", "size"])
def test_what_is_not_about_the_address_never_holds_it(reason):
    assert after(None, reason, now=NOW) is None


def test_a_full_mailbox_is_held_after_three_reports_over_a_week():
    known = None
    for day in (0, 1, 2, 6):
        known = after(known, "mailbox_full", now=NOW + timedelta(days=day))
        assert known.held_at is None
    known = after(known, "mailbox_full", now=NOW + timedelta(days=7))
    assert known.held_at == NOW + timedelta(days=7)
    assert after(known, "unclear", now=NOW + timedelta(days=8)).held_at == known.held_at


def test_reports_a_month_apart_have_nothing_to_do_with_each_other():
    known = after(after(None, "unclear", now=NOW), "unclear", now=NOW + timedelta(days=10))
    later = after(known, "unclear", now=NOW + timedelta(days=41))
    assert (later.failures, later.held_at) == (1, None)


@pytest.mark.parametrize("reason", ["mailbox_full", "unclear", "dead_address"])
def test_another_failure_long_after_does_not_have_a_dead_address_mailed_again(reason):
    dead = after(None, "dead_address", now=NOW)
    assert after(dead, reason, now=NOW + timedelta(days=90)).held_at == NOW


def test_a_return_path_survives_what_mail_systems_do_to_addresses():
    token = ReturnToken.generate(UUID(int=7))
    address = token.address_at(DOMAIN)
    assert len(address.partition("@")[0]) <= 64
    assert ReturnToken.of_address(address, DOMAIN) == token
    assert ReturnToken.of_address(address.upper(), DOMAIN) == token


@pytest.mark.parametrize(
    "address", ["", "@", f"ada@{DOMAIN}", f"{'a' * 52}@elsewhere.example.com", f"{'1' * 52}@{DOMAIN}", f"{'ä' * 52}@{DOMAIN}"]
)
def test_other_addresses_are_no_return_paths(address):
    assert ReturnToken.of_address(address, DOMAIN) is None
