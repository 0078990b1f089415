"""Which passkeys may be registered and what they are called; where they are good; what a handle and a challenge say."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.encryption.keyring import Keyring
from chassis.errors import Conflict, Invalid, Unauthenticated
from identity.passkeys import rules
from identity.passkeys.challenges import Challenges

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHALLENGES = Challenges(Keyring.generate())


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://app.example.com/auth", "https://app.example.com"),
        ("https://App.Example.com:443", "https://app.example.com"),
        ("http://example.com:80/", "http://example.com"),
        ("https://example.com:80", "https://example.com:80"),
        ("http://example.com:443", "http://example.com:443"),
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://localhost:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("file:///page", "file://"),
        ("https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url, origin):
    assert rules.origin_of(url) == origin


def test_passkeys_are_good_on_the_host_of_the_first_url_and_below_it():
    urls = ("https://app.example.com", "https://api.example.com")
    assert rules.relying_party("", (), urls=urls) == rules.RelyingParty("app.example.com", ("https://app.example.com",))
    assert rules.relying_party("example.com", ["https://more.example.com", urls[1]], urls=urls) == rules.RelyingParty(
        "example.com", (*urls, "https://more.example.com")
    )
    assert rules.relying_party("", (), urls=("http://127.0.0.1:8000",) * 2) == rules.RelyingParty("localhost", ("http://localhost:8000",))


@pytest.mark.parametrize(
    "origin",
    ["https://example.org", "https://app.example.com/", "app.example.com", "https://app.example.com:443", "https://*.example.com/x"],
)
def test_a_named_origin_is_exact_and_within_the_domain(origin):
    with pytest.raises(ValueError, match="no exact origin"):
        rules.relying_party("example.com", [origin], urls=("https://app.example.com",))


def test_there_is_a_page_within_the_domain():
    with pytest.raises(ValueError, match="no page is within"):
        rules.relying_party("example.org", (), urls=("https://app.example.com",))


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        ("https://example.com", True),
        ("https://a.b.example.com:8443", True),
        ("https://evilexample.com", False),
        ("https://example.com.evil.org", False),
        ("https://com", False),
    ],
)
def test_an_origin_is_within_a_domain_or_not(origin, good):
    assert rules.is_within(origin, "example.com") is good


@given(st.uuids(), st.uuids(), st.uuids())
def test_a_handle_names_its_user_and_nobody_else(workspace_id, user_id, other):
    handle = rules.user_handle(workspace_id, user_id)
    assert len(handle) <= 64  # Web Authentication, 5.4.3
    assert rules.read_handle(handle) == (workspace_id, user_id)
    assert rules.is_handle_of(handle, workspace_id, user_id)
    assert rules.is_handle_of(handle, workspace_id, other) is (other == user_id)
    assert rules.is_handle_of(handle, other, user_id) is (other == workspace_id)


@pytest.mark.parametrize("handle", [None, b"", bytes(31), bytes(33)])
def test_what_is_no_handle_names_nobody(handle):
    assert rules.read_handle(handle) is None


def test_a_second_step_may_show_no_handle():
    assert rules.is_handle_of(None, UUID(int=1), UUID(int=2))
    assert rules.is_handle_of(b"", UUID(int=1), UUID(int=2))
    assert not rules.is_handle_of(b"x", UUID(int=1), UUID(int=2))


@pytest.mark.parametrize("name", ["x", "x" * 100, f"  {'x' * 100} "])
def test_a_name_has_1_to_100_characters(name):
    assert rules.check_name(name) == name.strip()


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_another_name_is_refused(name):
    with pytest.raises(Invalid) as refused:
        rules.check_name(name)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("passkey_name_invalid", "/name")
    assert refused.value.faults[0].detail == "must have 1 to 100 characters"


def test_a_passkey_has_a_bearable_size():
    rules.check_size(bytes(1), bytes(1024))
    rules.check_size(bytes(1023), bytes(1))
    for credential_id, public_key in ((b"", b"x"), (bytes(1024), b"x"), (b"x", bytes(1025))):
        with pytest.raises(Invalid) as refused:
            rules.check_size(credential_id, public_key)
        assert (refused.value.code, refused.value.faults[0].pointer) == ("passkey_invalid", "/credential")


def test_there_are_at_most_twenty():
    rules.check_number(19)
    for number in (20, 21):
        with pytest.raises(Conflict) as refused:
            rules.check_number(number)
        assert refused.value.code == "too_many_passkeys"


@pytest.mark.parametrize(
    ("is_required", "has_totp", "others", "stays"),
    [(True, False, 0, True), (True, True, 0, False), (True, False, 1, False), (False, False, 0, False), (False, True, 1, False)],
)
def test_the_last_second_factor_stays_where_one_is_required(is_required, has_totp, others, stays):
    if not stays:
        rules.check_may_remove(is_required=is_required, has_totp=has_totp, others=others)
        return
    with pytest.raises(Conflict) as refused:
        rules.check_may_remove(is_required=is_required, has_totp=has_totp, others=others)
    assert refused.value.code == "second_factor_required"


def test_refusals_tell_nothing():
    refusal = rules.not_accepted()
    assert (type(refusal), refusal.code, refusal.faults) == (Unauthenticated, "passkey_not_accepted", ())


# --- challenges ---


def test_a_challenge_is_good_for_five_minutes_for_its_purpose_and_subject():
    subject = UUID(int=7)
    challenge = CHALLENGES.issue("register", subject, NOW)
    found = CHALLENGES.verify(challenge, "register", subject, NOW + timedelta(seconds=299))
    assert found is not None
    assert found.expires_at == NOW + timedelta(minutes=5)
    assert CHALLENGES.verify(challenge, "register", subject, NOW + timedelta(seconds=300)) is None
    assert CHALLENGES.verify(challenge, "second_step", subject, NOW) is None
    assert CHALLENGES.verify(challenge, "register", UUID(int=8), NOW) is None
    assert CHALLENGES.verify(challenge, "register", None, NOW) is None
    assert CHALLENGES.verify(CHALLENGES.issue("sign_in", None, NOW), "sign_in", None, NOW) is not None


def test_challenges_differ():
    assert len({CHALLENGES.issue("sign_in", None, NOW) for _ in range(100)}) == 100


@given(st.integers(0, 39), st.integers(1, 255))
def test_a_challenge_that_was_changed_is_not_good(position, flip):
    challenge = bytearray(CHALLENGES.issue("sign_in", None, NOW))
    challenge[position] ^= flip
    assert CHALLENGES.verify(bytes(challenge), "sign_in", None, NOW) is None


@given(st.binary(max_size=80))
def test_what_is_no_challenge_is_not_good(challenge):
    assert CHALLENGES.verify(challenge, "sign_in", None, NOW) is None
