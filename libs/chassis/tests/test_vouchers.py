"""A voucher holds for one thing, one request of one user and some seconds, and only with its own key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.auth.vouchers import holds, make_voucher
from chassis.context import ANONYMOUS, Caller, RequestContext

KEY, ABOUT, NOW = b"k" * 32, UUID(int=7), datetime(2031, 3, 3, 9, tzinfo=UTC)
CONTEXT = RequestContext(request_id="r-1", caller=Caller(user_id=UUID(int=1), workspace_id=UUID(int=2)))
VOUCHER = make_voucher(KEY, ABOUT, CONTEXT, NOW)


def held(**but):
    told = {"voucher": VOUCHER, "key": KEY, "about": ABOUT, "context": CONTEXT, "now": NOW, **but}
    return holds(**told)


def test_a_voucher_holds_as_long_as_a_request_may_take():
    assert held()
    assert held(now=NOW + timedelta(seconds=10))
    assert not held(now=NOW + timedelta(seconds=10, milliseconds=1))


@pytest.mark.parametrize(
    "but",
    [
        {"key": b"K" * 32},
        {"about": UUID(int=8)},
        {"context": replace(CONTEXT, request_id="r-2")},
        {"context": replace(CONTEXT, request_id="")},
        {"context": replace(CONTEXT, caller=Caller(user_id=UUID(int=3)))},
        {"context": replace(CONTEXT, caller=Caller(service="gateway"))},
        {"context": replace(CONTEXT, caller=ANONYMOUS)},
        {"voucher": b""},
        {"voucher": VOUCHER[:-1]},
        {"voucher": VOUCHER + b"\0"},
    ],
)
def test_a_voucher_holds_for_nothing_else(but):
    assert not held(**but)


def test_whoever_is_no_user_gets_none():
    assert make_voucher(KEY, ABOUT, replace(CONTEXT, caller=Caller(service="clinical")), NOW) == b""


@given(st.integers(0, len(VOUCHER) - 1), st.integers(0, 7))
def test_a_voucher_with_any_bit_turned_is_none(place, bit):
    turned = bytearray(VOUCHER)
    turned[place] ^= 1 << bit
    assert not held(voucher=bytes(turned))


@given(st.binary(max_size=64))
def test_other_bytes_are_none(voucher):
    assert voucher == VOUCHER or not held(voucher=voucher)
