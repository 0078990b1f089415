"""Numbers that text messages go to, what one says, and what answers mean."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from notifications.reminder_templates import text_messages
from notifications.reminder_templates.rendering import LANGUAGES, own_texts
from notifications.reminder_templates.rules import PLACEHOLDERS, substitute
from notifications.sms_channels import rules


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+49 (30) 901820", "+4930901820"),
        ("0049 30/90-18.20", "+4930901820"),
        ("030 901820", "030901820"),
        ("+1 212\u2011555\u20130100", "+12125550100"),
        ("112", None),
        ("12345", "12345"),
        ("+123456789012345", "+123456789012345"),
        ("+1234567890123456", None),
        ("call Zoë", None),
        ("030 901820 ext. 4", None),
        ("+49 30 901820, +49 30 901821", None),
        ("٠٣٠٩٠١٨٢٠", None),
        ("+4930\n901820", "+4930901820"),
        ("++4930901820", None),
        ("", None),
    ],
)
def test_a_number_is_written_without_punctuation_or_is_none(text, number):
    assert rules.number_of(text) == number


@given(st.text(max_size=50))
def test_whatever_a_record_holds_a_number_is_digits(text):
    number = rules.number_of(text)
    assert number is None or (number.removeprefix("+").isdigit() and number.isascii() and len(number) <= 16)


@given(st.integers(100, 599))
def test_an_answer_is_taken_or_final_or_to_be_asked_again(status):
    verdict = rules.verdict(status)
    assert (verdict.reason is None) == (200 <= status < 300)
    assert verdict.is_final == (status not in {408, 425, 429} and status < 500)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (199, "provider_address_wrong"),
        (200, None),
        (299, None),
        (302, "provider_address_wrong"),
        (400, "message_refused"),
        (401, "provider_denied"),
        (403, "provider_denied"),
        (404, "provider_address_wrong"),
        (410, "provider_address_wrong"),
        (422, "message_refused"),
        (429, "provider_busy"),
        (499, "provider_address_wrong"),
        (500, "provider_failed"),
        (503, "provider_failed"),
    ],
)
def test_an_answer_has_a_class(status, reason):
    assert rules.verdict(status).reason == reason


def test_a_text_loses_empty_lines_and_indentation():
    assert text_messages.one_paragraph("\nHello Ada,\n\n    Monday,  14:30\n\n") == "Hello Ada,\nMonday, 14:30"


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_texts_say_when_and_where_and_no_name(language):
    text = own_texts(language)["text_message"]
    assert all(f"{{{name}}}" in text for name in ("date", "time", "practice"))
    assert "first_name" not in text
    assert "{" not in substitute(text, dict.fromkeys(PLACEHOLDERS, "x"))
    assert len(text) < 160


def test_an_address_that_no_request_may_go_to_is_refused():
    rules.check_url("https://sms.example.org", takes=lambda _url: True)
    with pytest.raises(Invalid) as refused:
        rules.check_url("https://10.0.0.1", takes=lambda _url: False)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("sms_channel_invalid", ["/url"])


def test_a_rest_ends():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert rules.is_resting(now + timedelta(seconds=1), now=now)
    assert not rules.is_resting(now, now=now)
    assert not rules.is_resting(None, now=now)
