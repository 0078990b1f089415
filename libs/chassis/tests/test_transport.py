"""What a call brings along with it, however it came: bounded and printable, because it is logged, audited and passed on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.transport.v1 import stream_pb2
from chassis.context import RequestContext
from chassis.rpc.stream_frames import from_call, to_call
from chassis.rpc.transport import from_metadata, to_metadata

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HONEST = RequestContext(request_id="req-1", ip_address="2001:db8::1", user_agent="Firefox", idempotency_key="k", traceparent=TRACE)


def through_metadata(context):
    return from_metadata(dict(to_metadata(context, "")))


def through_stream(context):
    return from_call(to_call(context, "/a/B", b"", 1.0, ""))


BOTH = pytest.mark.parametrize("send", [through_metadata, through_stream])


@BOTH
def test_what_an_honest_caller_sends_arrives_unchanged(send):
    assert send(HONEST) == HONEST


@BOTH
@pytest.mark.parametrize("given_id", ["", "x" * 129, "a b", "a\nlevel=error", "naïve"])
def test_a_malformed_request_id_is_replaced_by_a_new_one(send, given_id):
    first, second = (send(RequestContext(request_id=given_id)).request_id for _ in range(2))
    assert len(first) == 36
    assert first != second


@BOTH
def test_an_address_or_a_traceparent_that_is_none_is_left_out_and_a_long_user_agent_is_cut(send):
    got = send(RequestContext(request_id="r", ip_address="10.0.0.1, evil", traceparent="00-" + "z" * 4_000, user_agent="a" * 10_000))
    assert (got.ip_address, got.traceparent, got.user_agent) == (None, None, "a" * 512)


@BOTH
@pytest.mark.parametrize("address", ["fe80::1%eth0", "::1%" + "x" * 4_000, "fe80::1%level=error", "10.0.0.1%1"])
def test_an_address_with_a_zone_is_left_out(send, address):
    assert send(RequestContext(request_id="r", ip_address=address)).ip_address is None


@BOTH
def test_what_newer_versions_append_to_a_traceparent_is_not_passed_on(send):
    assert send(RequestContext(request_id="r", traceparent=f"{TRACE}-{'x' * 4_000}")).traceparent == TRACE


@given(st.text(), st.text(), st.text(), st.text())
def test_nothing_unprintable_gets_in(request_id, address, agent, trace):
    got = from_call(stream_pb2.Call(request_id=request_id, ip_address=address, user_agent=agent, traceparent=trace))
    assert all(
        text.isprintable() and len(text) <= 512
        for text in (got.request_id, got.ip_address or "", got.user_agent or "", got.traceparent or "")
    )
