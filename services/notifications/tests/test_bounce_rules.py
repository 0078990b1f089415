"""What the reports of mail systems say, and when an address is not mailed any more."""

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
