from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.encryption.keyring import Keyring
from chassis.errors import Conflict, Forbidden, Invalid, Refusal
from identity.roles import ALL_SCOPES, HEAD_OF, MATRIX, ROLES_OF, scopes
from identity.sign_in import rules
from identity.sign_in.devices import Devices
from identity.sign_in.tickets import Ticket
from identity.users.rules import check_may_leave, check_new_role, check_shift_schedule
from identity.workspaces.rules import check_workspace

roles = st.sampled_from(sorted(MATRIX))
kinds = st.sampled_from(sorted(ROLES_OF))
uuids = st.uuids()
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda since: EPOCH + since)
ALICE, BOB = UUID(int=1), UUID(int=2)


def refusal(attempt):
    """What the attempt is refused with, or None."""
    try:
        attempt()
    except Refusal as refused:
        return refused
    return None


def code(refused):
    return refused and refused.code


# --- the matrix ---------------------------------------------------------------------------------------------------


@given(roles)
def test_no_role_has_more_than_those_who_run_the_place(role):
    assert MATRIX[role] <= MATRIX["owner"] == MATRIX["admin"] == ALL_SCOPES


@given(roles)
def test_who_may_write_may_read(role):
    for scope in MATRIX[role]:
        noun, _, verb = scope.partition(":")
        if verb != "read" and f"{noun}:read" in ALL_SCOPES:
            assert f"{noun}:read" in MATRIX[role]


@given(roles.filter(lambda role: role not in HEAD_OF.values()))
def test_only_those_who_run_the_place_erase_clients_or_change_people(role):
    assert not MATRIX[role] & {"clients:erase", "users:write", "workspace:write"}


def test_the_desk_reads_no_notes_and_nurses_do_not_book():
    for role in ("assistant", "operator"):
        assert not {scope for scope in MATRIX[role] if scope.startswith("sessions:")}
    assert "appointments:write" not in MATRIX["nurse"]
    assert "audit:read" in MATRIX["head_doctor"]
    assert "audit:read" not in MATRIX["doctor"]


@given(roles)
def test_a_platform_admin_has_no_scope_whatever_the_role(role):
    assert scopes(role, is_platform_admin=True) == frozenset()
    assert scopes(role, is_platform_admin=False) == MATRIX[role]


def test_every_role_belongs_to_one_kind_of_workspace():
    assert ROLES_OF["practice"] | ROLES_OF["hospital"] == set(MATRIX)
    assert not ROLES_OF["practice"] & ROLES_OF["hospital"]
    assert all(head in ROLES_OF[kind] for kind, head in HEAD_OF.items())


@given(kinds, st.data(), st.integers(0, 3), st.booleans())
def test_a_workspace_always_keeps_somebody_who_runs_it(kind, data, others, themselves):
    was, role = (data.draw(st.sampled_from(sorted(ROLES_OF[kind]))) for _ in range(2))
    refused = refusal(lambda: check_new_role(ALICE, role, was=was, kind=kind, by=ALICE if themselves else BOB, other_heads=others))

    if was == HEAD_OF[kind] and role != was and not others:
        assert (type(refused), code(refused)) == (Conflict, "last_owner")
    elif themselves:
        assert (type(refused), code(refused)) == (Forbidden, "own_role")
    else:
        assert refused is None


@given(kinds, roles, st.integers(0, 3))
def test_the_last_head_cannot_be_switched_off(kind, role, others):
    last = role == HEAD_OF[kind] and not others
    if last:
        with pytest.raises(Conflict):
            check_may_leave(role, kind=kind, other_heads=others)
    else:
        check_may_leave(role, kind=kind, other_heads=others)


# --- delays -------------------------------------------------------------------------------------------------------


@given(st.integers(0, 200), st.sampled_from([rules.PASSWORD_DELAYS, rules.PASSWORD_DELAYS_ANYWHERE, rules.LINK_DELAYS]))
def test_every_further_try_waits_at_least_as_long(tries, delays):
    assert rules.delay(tries, delays) <= rules.delay(tries + 1, delays) <= delays[-1]


def test_a_day_of_guessing_from_one_source_yields_little_over_a_hundred_guesses():
    seconds, guesses = 0, 0
    while seconds < 86_400:
        guesses += 1
        seconds += rules.delay(guesses, rules.PASSWORD_DELAYS)
    assert guesses < 120


@given(st.ip_addresses(v=6), st.ip_addresses(v=6))
def test_hosts_of_one_ipv6_network_are_one_source(one, other):
    same = int(one) >> 64 == int(other) >> 64
    if one.ipv4_mapped is None and other.ipv4_mapped is None:
        assert (rules.source(str(one)) == rules.source(str(other))) == same


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_a_source_of_its_own_in_either_spelling(address):
    assert rules.source(str(address)) == rules.source(f"::ffff:{address}") == str(address)


def test_no_address_is_a_source_too():
    assert rules.source(None) == rules.source("nonsense") == "unknown"


# --- passwords and addresses --------------------------------------------------------------------------------------


@given(st.text(min_size=12, max_size=60))
def test_a_password_that_passes_is_long_and_varied_and_not_the_address(password):
    refused = refusal(lambda: rules.check_password(password, email="someone.special@example.com"))
    kept = rules.normal_password(password)

    assert code(refused) in {None, "password_too_weak"}
    assert (refused is None) == (12 <= len(kept) <= 256 and len(set(kept)) >= 5)


def test_the_address_is_no_password():
    for password in ("someone.special@example.com", "1Someone.Special@Example.com", "special@example"):
        with pytest.raises(Invalid):
            rules.check_password(password, email="someone.special@example.com")


@given(st.emails())
def test_an_address_has_one_normal_form(email):
    assert rules.normal_email(rules.normal_email(email)) == rules.normal_email(f"  {email} ")


@pytest.mark.parametrize("address", ["", "x", "a b@c", "a@b@c", "@b", "a@", "a@b\n"])
def test_what_is_no_address_is_refused(address):
    if address.strip() == "a@b":
        assert rules.check_email(address) == "a@b"
    else:
        with pytest.raises(Invalid):
            rules.check_email(address)


# --- limits -------------------------------------------------------------------------------------------------------


@given(moments, st.integers(1, 100_000), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_idle_never_ends_later_than_absolute(now, idle, left):
    assert rules.idle_at(now, idle_seconds=idle, expires_at=now + left) <= now + left


@given(moments, st.timedeltas(timedelta(0), timedelta(minutes=5)))
def test_the_grace_is_short_and_forgives_clocks_that_differ(used, later):
    assert rules.in_grace(used + later, used, grace_seconds=10) == (later <= timedelta(seconds=10))
    assert rules.in_grace(used - later, used, grace_seconds=10)


# --- tickets and devices ------------------------------------------------------------------------------------------


@given(uuids, uuids)
def test_a_ticket_reads_as_it_was_written(workspace, row):
    ticket = Ticket.mint(workspace, row)
    assert Ticket.read(str(ticket)) == ticket
    assert str(ticket).isascii()
    assert len(ticket.hash) == 32
    assert ticket.secret.hex() not in repr(ticket)


@given(st.text(max_size=120))
def test_any_text_is_a_ticket_or_none(text):
    ticket = Ticket.read(text)
    assert ticket is None or Ticket.read(str(ticket)) == ticket


@given(moments, uuids, uuids, st.integers(0, 400))
def test_a_device_is_known_to_its_user_for_half_a_year(now, user, other, days):
    devices = Devices(Keyring.generate())
    mark = devices.mark(user, now)
    nonce = devices.known(mark, user, now + timedelta(days=days))

    assert (nonce is not None) == (days <= 180)
    assert other == user or devices.known(mark, other, now) is None
    assert Devices(Keyring.generate()).known(mark, user, now) is None
    if nonce is not None:
        assert devices.known(devices.mark(user, now, nonce=nonce), user, now) == nonce


@given(st.text(max_size=80), uuids, moments)
def test_any_text_is_no_known_device(text, user, now):
    assert Devices(Keyring.generate()).known(text, user, now) is None


# --- shifts and workspaces ----------------------------------------------------------------------------------------

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
days = st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])


@given(st.dictionaries(days, st.lists(st.fixed_dictionaries({"start": clocks, "end": clocks}), max_size=4)))
def test_a_week_that_passes_has_shifts_in_order_without_overlap(schedule):
    refused = refusal(lambda: check_shift_schedule(schedule))

    if refused is not None:
        assert refused.faults[0].pointer.startswith("/shift_schedule/")
    else:
        for shifts in schedule.values():
            edges = [edge for shift in sorted(shifts, key=lambda shift: shift["start"]) for edge in (shift["start"], shift["end"])]
            assert edges == sorted(edges)
            assert all(shift["start"] < shift["end"] for shift in shifts)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(days, json))
def test_any_json_for_a_schedule_is_kept_or_refused(schedule):
    try:
        check_shift_schedule(schedule)
    except Invalid:
        return
    assert all(isinstance(shifts, list) for shifts in schedule.values())


@pytest.mark.parametrize("locale", ["en", "en-GB", "sr-Latn-RS", "es-419"])
@pytest.mark.parametrize("time_zone", ["UTC", "Europe/London", "America/Argentina/Buenos_Aires"])
def test_places_of_the_world_are_accepted(locale, time_zone):
    check_workspace({"name": "Practice", "locale": locale, "time_zone": time_zone})
