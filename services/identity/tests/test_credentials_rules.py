"""Which passwords are accepted, how long to wait between attempts, and which tokens are valid."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.auth.opaque_tokens import OpaqueToken
from chassis.encryption.keyring import Keyring
from chassis.errors import Refusal
from identity.credentials import rules
from identity.credentials.device_tokens import DeviceTokens

uuids = st.uuids()
moments = st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since)


def refusal(attempt):
    """What the call is refused with, or None."""
    try:
        attempt()
    except Refusal as refused:
        return refused
    return None


def delay(attempts, delays):
    """Seconds to wait after so many attempts; the database computes the same in `count_attempt`."""
    return 0 if attempts < 1 else delays[min(attempts, len(delays)) - 1]


# --- delays ---


@given(
    st.integers(0, 200),
    st.sampled_from(
        [rules.PASSWORD_DELAYS, rules.STRICT_PASSWORD_DELAYS, rules.WIDE_PASSWORD_DELAYS, rules.LINK_DELAYS, rules.SHARED_LINK_DELAYS]
    ),
)
def test_each_further_attempt_waits_at_least_as_long(tries, delays):
    assert delay(tries, delays) <= delay(tries + 1, delays) <= delays[-1]


def test_one_source_gets_fewer_than_120_guesses_a_day():
    seconds, guesses = 0, 0
    while seconds < 86_400:
        guesses += 1
        seconds += delay(guesses, rules.PASSWORD_DELAYS)
    assert guesses < 120


@given(st.ip_addresses(v=6), st.ip_addresses(v=6))
def test_ipv6_addresses_of_one_64_network_are_one_source(one, other):
    same = int(one) >> 64 == int(other) >> 64
    if one.ipv4_mapped is None and other.ipv4_mapped is None:
        assert (rules.source_network(str(one)) == rules.source_network(str(other))) == same


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_source_when_mapped_into_ipv6(address):
    assert rules.source_network(str(address)) == rules.source_network(f"::ffff:{address}") == str(address)


def test_a_missing_or_malformed_address_is_the_source_unknown():
    assert rules.source_network(None) == rules.source_network("nonsense") == "unknown"


# --- passwords ---


@given(st.text(max_size=300))
def test_an_accepted_password_has_12_to_256_characters_of_its_normal_form(password):
    refused = refusal(lambda: rules.check_length(password, pointer="/new_password"))
    assert (refused and refused.code) in {None, "password_too_weak"}
    assert (refused is None) == (12 <= len(rules.normalize_password(password)) <= 256)


@given(st.integers(1, 10**12))
def test_a_flood_leaves_three_lines_per_power_of_ten(count):
    digits = str(count)
    assert rules.is_recorded(count) == (digits[0] in "125" and not digits[1:].strip("0"))


# --- tokens ---


@given(uuids, uuids)
def test_an_opaque_token_is_parsed_from_its_text(workspace, row):
    token = OpaqueToken.generate(workspace, row)
    assert OpaqueToken.parse(str(token)) == token
    assert str(token).isascii()
    assert len(token.hash) == 32
    assert token.secret.hex() not in repr(token)


@given(st.text(max_size=120))
def test_any_other_text_is_an_opaque_token_or_none(text):
    token = OpaqueToken.parse(text)
    assert token is None or OpaqueToken.parse(str(token)) == token


@given(moments, uuids, uuids, st.integers(0, 400))
def test_a_device_token_is_valid_for_its_user_for_half_a_year(now, user, other, days):
    device_tokens = DeviceTokens(Keyring.generate())
    token = device_tokens.issue(user, now)
    nonce = device_tokens.verify(token, user, now + timedelta(days=days))

    assert (nonce is not None) == (days <= 180)
    assert other == user or device_tokens.verify(token, other, now) is None
    assert DeviceTokens(Keyring.generate()).verify(token, user, now) is None
    if nonce is not None:
        assert device_tokens.verify(device_tokens.issue(user, now, nonce=nonce), user, now) == nonce


@given(st.text(max_size=80), uuids, moments)
def test_any_other_text_is_no_device_token(text, user, now):
    assert DeviceTokens(Keyring.generate()).verify(text, user, now) is None
