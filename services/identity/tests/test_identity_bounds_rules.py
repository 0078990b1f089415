"""Where exactly the rules of people, passwords and workspaces end, and by which code and at which field they refuse."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.errors import Conflict, Forbidden, Invalid, Refusal
from identity.credentials import rules as credentials
from identity.login_sessions import rules as login_sessions
from identity.people import rules as people
from identity.users import rules as users
from identity.workspaces import rules as workspaces

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ALICE, BOB = UUID(int=1), UUID(int=2)
DAY = [{"start": "08:00", "end": "12:00"}]


def refused(call, *arguments, **named):
    """The class, the code and the fields of a refusal; None where nothing is refused."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


def person_refused(changes):
    found = refused(users.check_changes, changes)
    assert found is None or found[:2] == (Invalid, "user_invalid")
    return None if found is None else found[2]


# --- people ---


def test_of_a_person_these_may_be_changed():
    assert users.CHANGEABLE == ("full_name", "department_id", "supervisor_id", "license_number", "specialization", "shift_schedule")


def test_a_name_has_2_to_100_signs_and_no_space_around_it():
    assert people.check_full_name(" Bo ") == "Bo"
    assert people.check_full_name("x" * 100) == "x" * 100
    for name in (None, "", " B ", "x" * 101):
        assert refused(people.check_full_name, name) == (Invalid, "user_invalid", ["/full_name"])


@pytest.mark.parametrize("name", ["license_number", "specialization"])
def test_what_is_said_of_a_profession_has_up_to_100_signs(name):
    assert person_refused({name: "x" * 100}) is None
    assert person_refused({name: None}) is None
    assert person_refused({name: "x" * 101}) == [f"/{name}"]
    assert person_refused({}) is None


@pytest.mark.parametrize("day", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
def test_every_day_of_the_week_may_have_shifts(day):
    assert person_refused({"shift_schedule": {day: DAY}}) is None
    assert person_refused({"shift_schedule": {f"{day}day": DAY}}) == [f"/shift_schedule/{day}day"]


def test_no_schedule_is_none_to_refuse():
    assert person_refused({"shift_schedule": None}) is None
    assert person_refused({"shift_schedule": {}}) is None
    assert person_refused({"shift_schedule": {"mon": []}}) is None


def test_a_day_has_up_to_ten_shifts():
    hours = [{"start": f"{hour:02}:00", "end": f"{hour:02}:30"} for hour in range(11)]
    assert person_refused({"shift_schedule": {"mon": hours[:10]}}) is None
    assert person_refused({"shift_schedule": {"mon": hours}}) == ["/shift_schedule/mon"]
    assert person_refused({"shift_schedule": {"mon": "08:00"}}) == ["/shift_schedule/mon"]


def test_a_shift_may_begin_as_another_ends_and_no_sooner():
    assert person_refused({"shift_schedule": {"mon": [{"start": "12:00", "end": "24:00"}, *DAY]}}) is None
    assert person_refused({"shift_schedule": {"mon": [{"start": "11:59", "end": "24:00"}, *DAY]}}) == ["/shift_schedule/mon"]


@pytest.mark.parametrize(
    "shift",
    [
        None,
        "08:00-12:00",
        {"start": "08:00"},
        {"start": "08:00", "end": "12:00", "room": 1},
        {"begin": "08:00", "end": "12:00"},
        {"start": "08:00", "stop": "12:00"},
        {"start": "12:00", "end": "12:00"},
        {"start": "8:00", "end": "12:00"},
        {"start": "08:00", "end": "24:01"},
        {"start": "08:00", "end": "12:60"},
        {"start": 8, "end": 12},
        {"start": "08:00", "end": 12},
    ],
)
def test_a_shift_has_a_start_and_another_end_and_nothing_else(shift):
    assert person_refused({"shift_schedule": {"sun": [*DAY, shift]}}) == ["/shift_schedule/sun/1"]


def test_a_role_is_one_of_the_workspaces_kind():
    check = users.check_new_role
    assert refused(check, ALICE, "therapist", was="assistant", kind="practice", by=BOB, other_administrators=1) is None
    assert refused(check, ALICE, "nurse", was="assistant", kind="practice", by=BOB, other_administrators=1) == (
        Invalid,
        "user_invalid",
        ["/role"],
    )


def test_the_last_who_runs_a_workspace_stays_and_nobody_changes_their_own_role():
    check = users.check_new_role
    assert refused(check, ALICE, "therapist", was="owner", kind="practice", by=BOB, other_administrators=0) == (Conflict, "last_owner", [])
    assert refused(check, ALICE, "therapist", was="owner", kind="practice", by=BOB, other_administrators=1) is None
    assert refused(check, ALICE, "therapist", was="assistant", kind="practice", by=ALICE, other_administrators=1) == (
        Forbidden,
        "own_role",
        [],
    )
    assert refused(users.check_deactivation, "owner", kind="practice", other_administrators=0) == (Conflict, "last_owner", [])
    assert refused(users.check_deactivation, "owner", kind="practice", other_administrators=1) is None
    assert refused(users.check_deactivation, "admin", kind="hospital", other_administrators=0) == (Conflict, "last_owner", [])
    assert refused(users.check_deactivation, "nurse", kind="hospital", other_administrators=0) is None


# --- workspaces ---


def workspace_refused(**values):
    found = refused(workspaces.check_workspace, values)
    assert found is None or found[:2] == (Invalid, "workspace_invalid")
    return None if found is None else found[2]


def test_of_a_workspace_these_may_be_changed():
    assert workspaces.CHANGEABLE == ("name", "time_zone", "locale", "address", "phone", "license_number", "settings")


@pytest.mark.parametrize(("name", "most"), [("name", 255), ("address", 1000), ("phone", 50), ("license_number", 100)])
def test_a_text_of_a_workspace_may_be_so_long(name, most):
    assert workspace_refused(**{name: "x" * most}) is None
    assert workspace_refused(**{name: "x" * (most + 1)}) == [f"/{name}"]


@pytest.mark.parametrize("name", ["name", "time_zone", "locale", "settings"])
def test_what_a_workspace_cannot_be_without_is_not_cleared(name):
    assert workspace_refused(**{name: None}) == [f"/{name}"]


@pytest.mark.parametrize("name", ["address", "phone", "license_number"])
def test_the_rest_is(name):
    assert workspace_refused(**{name: None}) is None
    assert workspace_refused(**{name: ""}) is None


def test_what_is_not_given_is_not_judged():
    assert workspace_refused() is None
    assert workspace_refused(settings={}) is None


def test_each_fault_of_a_workspace_is_told():
    assert workspace_refused(name=" ") == ["/name"]
    assert workspace_refused(time_zone="Mars/Olympus") == ["/time_zone"]
    assert workspace_refused(locale="English") == ["/locale"]
    for after in (2, 101, 5.5, True, "5"):
        assert workspace_refused(settings={"lock_after_failures": after}) == ["/settings/lock_after_failures"]
    for after in (None, 3, 100):
        assert workspace_refused(settings={"lock_after_failures": after}) is None
    assert workspace_refused(name="", time_zone="", locale="") == ["/name", "/time_zone", "/locale"]


def test_whether_an_amendment_needs_a_reason_is_true_or_false():
    for accepted in (True, False):
        assert workspace_refused(settings={"amendment_reason_required": accepted}) is None
    assert workspace_refused(settings={}) is None
    for other in (1, "true", None):
        assert workspace_refused(settings={"amendment_reason_required": other}) == ["/settings/amendment_reason_required"]


def test_for_how_many_days_a_device_may_be_away_is_a_number():
    for accepted in (1, 30, 90):
        assert workspace_refused(settings={"offline_days": accepted}) is None
    for other in (0, 91, 2.5, True, "30", None):
        assert workspace_refused(settings={"offline_days": other}) == ["/settings/offline_days"]


# --- signing in ---


def test_nobodys_addresses_are_dealt_with_in_a_workspace_that_nobody_has():
    assert UUID("00000000-0000-0000-0000-000000000000") == credentials.DECOY_WORKSPACE == credentials.DECOY_USER


def test_a_password_has_12_to_256_signs():
    for password in ("x" * 12, "x" * 256):
        assert credentials.check_length(password, pointer="/password") == password
    for password in ("", "x" * 11, "x" * 257):
        assert refused(credentials.check_length, password, pointer="/password") == (Invalid, "password_too_weak", ["/password"])


def test_of_a_longer_password_the_first_24_signs_are_judged():
    assert credentials.JUDGED_LENGTH == 24


def test_a_password_is_the_same_from_every_keyboard():
    assert credentials.normalize_password("\uff43afe\u0301 \u2460") == "caf\u00e9 1"


def test_a_password_is_not_the_name_or_the_address():
    def check(password):
        return refused(credentials.check_is_not_expected, password, email="ada@example.com", full_name="Ada King", pointer="/new_password")

    for password in ("x ADA@example.com", "da@example.c", "ada king, the first", "ada kin"):
        assert check(password) == (Invalid, "password_too_weak", ["/new_password"])
    assert check("ada likes a horse") is None
    assert refused(credentials.check_is_not_expected, "anything", email="ada@example.com", full_name=" ", pointer="/password") is None


def test_the_address_the_name_their_parts_and_the_product_are_expected():
    expected = credentials.expected_words("Ada.King@example.com", "Ada Byron-King of L.")
    assert expected == [
        "ada.king@example.com", "ada byron-king of l.", "caseload", "ada", "king", "example", "com", "byron",
    ]  # fmt: skip


def test_of_a_flood_the_1st_2nd_5th_10th_20th_50th_are_recorded():
    assert [n for n in range(1, 100_001) if credentials.is_recorded(n)] == [k * 10**power for power in range(5) for k in (1, 2, 5)] + [
        100_000
    ]
    assert not credentials.is_recorded(0)


def test_an_account_is_locked_where_its_workspace_says_so_and_after_how_many_failures():
    for settings in (None, {}, *({"lock_after_failures": none} for none in (None, 0, 2, 101, True, "5", 5.5))):
        assert credentials.lock_delays(settings) == credentials.NO_DELAYS == (0,)
    assert credentials.lock_delays({"lock_after_failures": 3}) == (0, 0, 1800)
    assert credentials.lock_delays({"lock_after_failures": 100}) == (*[0] * 99, 1800)


def test_an_address_that_is_none_is_refused_at_its_field():
    assert refused(people.check_email, "ada") == (Invalid, "email_invalid", ["/email"])
    assert people.check_email(" ada@example.com ") == "ada@example.com"


def test_wrong_passwords_wait_longer_each_time():
    assert credentials.PASSWORD_DELAYS == (0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900)
    assert (*[0] * 19, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900) == credentials.WIDE_PASSWORD_DELAYS
    assert credentials.STRICT_PASSWORD_DELAYS == (0, 60, 300, 900)
    assert credentials.GUESSED_AT == 50
    # One that is the next power of two is reached once.
    assert credentials._doubling_delays(free_attempts=2, longest=4) == (0, 1, 2, 4)


def test_links_that_are_not_used_wait_longer_each_time():
    assert credentials.LINK_DELAYS == (0, 0, 0, 0, 30, 60, 120, 300, 600)
    assert (*[0] * 19, 60, 120, 300) == credentials.SHARED_LINK_DELAYS


def test_attempts_are_forgotten_after_a_day_of_guesses_or_an_hour_of_mails():
    day, hour = timedelta(hours=24), timedelta(minutes=60)
    expected = {"password": day, "second_step": day, "passkey": day, "link": hour, "reset": hour}
    assert expected == credentials.FORGOTTEN_AFTER


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (None, "unknown"), ("", "unknown"), ("here", "unknown"), ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2:8000::", "2001:db8:1:2::/64"),
    ],
)  # fmt: skip
def test_an_attempt_comes_from_an_address_or_from_the_network_of_one(address, source):
    assert credentials.source_network(address) == source


def test_the_wide_network_of_an_ipv6_address_is_its_48():
    assert credentials.wide_network("2001:db8:1:2:3:4:5:6") == credentials.wide_network("2001:db8:1:ffff::") == "2001:db8:1::/48"
    for address in (None, "", "here", "192.0.2.7", "::ffff:192.0.2.7"):
        assert credentials.wide_network(address) is None


def test_a_sign_in_that_rests_is_over_in_time():
    over = NOW + timedelta(hours=8)
    assert login_sessions.idle_at(NOW, idle_seconds=60, expires_at=over) == NOW + timedelta(seconds=60)
    assert login_sessions.idle_at(NOW, idle_seconds=9 * 3600, expires_at=over) == over


def test_a_used_token_is_honoured_for_its_grace_to_the_second():
    assert login_sessions.is_within_grace(NOW, NOW - timedelta(seconds=10), grace_seconds=10)
    assert not login_sessions.is_within_grace(NOW, NOW - timedelta(seconds=11), grace_seconds=10)
