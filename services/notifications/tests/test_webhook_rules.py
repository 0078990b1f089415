"""Which webhooks are accepted, how messages are signed, and when they are sent again."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from chassis.errors import Conflict, Invalid
from notifications.webhooks import rules

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GIVE_UP_AT = NOW + rules.PATIENCE


def anywhere(_url):
    return True


def nowhere(_url):
    return False


def test_event_types_are_kept_once_and_in_order():
    kept = rules.check_webhook("https://x.example", ["client.erased", "appointment.booked", "client.erased"], takes=anywhere)
    assert kept == ["appointment.booked", "client.erased"]


@pytest.mark.parametrize(
    ("types", "takes", "pointers"),
    [
        ([], anywhere, ["/event_types"]),
        (["client.created", "client.read"], anywhere, ["/event_types/1"]),
        (["client.created"], nowhere, ["/url"]),
        (["*"], nowhere, ["/url", "/event_types/0"]),
    ],
)
def test_every_fault_of_a_webhook_is_named(types, takes, pointers):
    with pytest.raises(Invalid) as refused:
        rules.check_webhook("https://x.example", types, takes=takes)
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_a_workspace_has_ten_webhooks():
    rules.check_number(9)
    with pytest.raises(Conflict):
        rules.check_number(10)


def test_a_disabled_webhook_is_refused():
    rules.check_active(is_active=True)
    with pytest.raises(Conflict):
        rules.check_active(is_active=False)


def test_a_secret_is_rotated_again_when_the_former_one_is_over():
    rules.check_may_rotate(None, now=NOW)
    rules.check_may_rotate(NOW, now=NOW)
    with pytest.raises(Conflict) as refused:
        rules.check_may_rotate(NOW + timedelta(microseconds=1), now=NOW)
    assert refused.value.code == "secret_rotated_lately"


@given(st.binary(max_size=200), st.binary(min_size=rules.SECRET_BYTES, max_size=rules.SECRET_BYTES))
def test_the_library_of_standard_webhooks_verifies_what_is_signed(body, random):
    secret, timestamp = rules.secret_of(random), int(datetime.now(UTC).timestamp())
    text = b'{"data": "' + body.hex().encode() + b'"}'
    headers = {"webhook-id": "a", "webhook-timestamp": str(timestamp), "webhook-signature": rules.signature([secret], "a", timestamp, text)}

    assert Webhook(secret).verify(text, headers) == {"data": body.hex()}
    assert b64decode(secret.removeprefix("whsec_")) == random
    for changed in ({"webhook-id": "b"}, {"webhook-timestamp": str(timestamp - 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(text, {**headers, **changed})


def test_while_two_secrets_are_good_both_sign():
    older, newer = rules.secret_of(bytes(32)), rules.secret_of(bytes(31) + b"1")
    timestamp = int(datetime.now(UTC).timestamp())
    signed = rules.signature([newer, older], "a", timestamp, b"{}")

    assert len(signed.split(" ")) == 2
    for secret in (older, newer):
        headers = {"webhook-id": "a", "webhook-timestamp": str(timestamp), "webhook-signature": signed}
        assert Webhook(secret).verify(b"{}", headers) == {}


def test_every_status_of_success_and_no_other():
    assert [status for status in range(100, 600) if rules.is_success(status)] == list(range(200, 300))


def test_one_status_says_that_the_receiver_is_gone():
    assert [status for status in (None, *range(100, 600)) if rules.is_gone(status)] == [410]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 12:01:30 -0000", 90),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("21600", 21600),
        ("21601", 21600),
        ("99999999", 21600),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 21600),
        ("999999999999999999999", None),
        ("-5", None),
        ("٣", None),
        ("soon", None),
        ("Mon, 02 Mar 2026 12:01:30 +99999999999999999999", None),
        ("Mon, 02 Mar 99999999999999999999 12:01:30 GMT", None),
        ("Mon, 02 Mar 2026 12:01:30 +299999999999999", None),
        ("", None),
        (None, None),
    ],
)
def test_a_receiver_may_ask_for_a_pause_of_six_hours(header, seconds):
    assert rules.retry_after(header, now=NOW) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_delivery_is_tried_for_three_days():
    times = [NOW]
    while (following := rules.next_attempt_at(len(times), now=times[-1], give_up_at=GIVE_UP_AT)) is not None:
        times.append(following)

    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[:8] == [timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000)]
    assert times[-1] == GIVE_UP_AT == NOW + timedelta(days=3)
    assert len(times) == 10


def test_the_pause_that_is_asked_for_counts_where_it_is_longer():
    hour = timedelta(hours=1)
    assert rules.next_attempt_at(1, now=NOW, give_up_at=GIVE_UP_AT, asked=hour) == NOW + hour
    assert rules.next_attempt_at(4, now=NOW, give_up_at=GIVE_UP_AT, asked=hour) == NOW + 2 * hour
    assert rules.next_attempt_at(1, now=GIVE_UP_AT - hour, give_up_at=GIVE_UP_AT, asked=2 * hour) == GIVE_UP_AT
    assert rules.next_attempt_at(1, now=GIVE_UP_AT, give_up_at=GIVE_UP_AT, asked=hour) is None


def test_a_receiver_that_keeps_failing_is_asked_less_and_less_often():
    rests = [rules.rests_until(failures, now=NOW) for failures in (0, 1, 2, 3, 4, 5, 9, 10, 50)]
    assert rests == [None, None, None, *(NOW + timedelta(seconds=s) for s in (5, 10, 20, 320, 600, 600))]
    assert [rules.at_once(failures, most=4) for failures in (0, 2, 3, 50)] == [4, 4, 1, 1]


def test_and_rests_when_it_asks_for_it():
    minute = timedelta(minutes=1)
    assert rules.rests_until(0, now=NOW, asked=minute) == NOW + minute
    assert rules.rests_until(3, now=NOW, asked=minute) == NOW + minute
    assert rules.rests_until(50, now=NOW, asked=minute) == NOW + timedelta(minutes=10)
    assert rules.rests_until(1, now=NOW, asked=timedelta()) is None
