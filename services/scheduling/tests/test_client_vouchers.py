"""A booking that brings clients' voucher is not asked about in clients; any other is."""

from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from chassis.errors import Forbidden, Invalid, NotFound

from .conftest import NINE, minutes


def checks():
    """How often clients was asked whether a client is active."""
    return REGISTRY.get_sample_value("caseload_rpc_total", {"service": "clients", "method": "CheckClient", "code": "ok"}) or 0


async def vouchers(member, call, *client_ids):
    request = clients_pb2.GetSummariesRequest(client_ids=client_ids or [member.client_id], with_vouchers=True)
    return list((await member.environment.stub(ClientsStub).GetSummaries(request, call)).vouchers)


async def deactivate(member):
    request = clients_pb2.DeactivateClientRequest(client_id=member.client_id)
    await member.environment.stub(ClientsStub).DeactivateClient(request, member.call)


async def test_a_booking_with_a_voucher_asks_clients_nothing(member):
    call, before = member.call, checks()
    (voucher,) = await vouchers(member, call)

    booked = await member.stub.BookAppointment(member.booking(client_voucher=voucher), call)

    assert booked.client_id == member.client_id
    assert checks() == before
    await member.book(scheduled_start=NINE + minutes(60))
    assert checks() == before + 1


async def test_a_voucher_is_for_its_own_request_user_client_and_workspace(member, outsider):
    call = member.call
    (voucher,) = await vouchers(member, call)
    await deactivate(member)
    colleague = replace(member.colleague().call, request_id=call.request_id)
    elsewhere = replace(outsider.call, request_id=call.request_id)
    (foreign,) = await vouchers(outsider, elsewhere)
    active = await member.new_client()
    (of_another,) = await vouchers(member, call, active)

    for given, caller in (
        (voucher, member.call),
        (voucher, colleague),
        (of_another, call),
        (foreign, call),
        (voucher[:-1], call),
        (b"x", call),
    ):
        with pytest.raises(Invalid) as refused:
            await member.stub.BookAppointment(member.booking(client_voucher=given), caller)
        assert refused.value.code == "client_inactive"
    with pytest.raises(NotFound):
        await outsider.stub.BookAppointment(member.booking(client_voucher=voucher), elsewhere)


async def test_only_active_clients_of_the_workspace_get_a_voucher(member, outsider):
    call, active = member.call, await member.new_client()
    await deactivate(member)

    found = await vouchers(member, call, member.client_id, outsider.client_id, active)

    assert [bool(voucher) for voucher in found] == [False, True]
    names = clients_pb2.GetSummariesRequest(client_ids=[active])
    assert not (await member.environment.stub(ClientsStub).GetSummaries(names, call)).vouchers


async def test_nobody_but_scheduling_gets_the_key(member, outsider):
    stub, request = member.environment.stub, clients_pb2.GetVoucherKeyRequest()
    ours = member.environment.on_behalf_of(member.workspace_id)
    key = (await stub(ClientsStub, as_service="scheduling").GetVoucherKey(request, ours)).key

    theirs = await stub(ClientsStub, as_service="scheduling").GetVoucherKey(request, member.environment.on_behalf_of(outsider.workspace_id))
    assert len(key) == 32
    assert theirs.key != key
    with pytest.raises(Forbidden):
        await stub(ClientsStub).GetVoucherKey(request, member.call)
    for service in ("gateway", "clinical", "notifications"):
        with pytest.raises(Forbidden):
            await stub(ClientsStub, as_service=service).GetVoucherKey(request, ours)


async def test_an_idempotency_key_stands_for_the_booking_whatever_voucher_it_comes_with(member):
    def again():
        return replace(member.call, idempotency_key="once")

    booked = []
    for call in (again(), again()):
        (voucher,) = await vouchers(member, replace(call, idempotency_key=None))
        booked.append(await member.stub.BookAppointment(member.booking(client_voucher=voucher), call))
    booked.append(await member.stub.BookAppointment(member.booking(), again()))

    assert booked[0] == booked[1] == booked[2]


async def test_a_clients_service_that_tells_no_key_is_asked(member, monkeypatch):
    """As an instance of the release before is."""
    methods = member.environment.runtime("clients").server._methods
    monkeypatch.delitem(methods, "/caseload.clients.v1.Clients/GetVoucherKey")
    call, before = member.call, checks()

    await member.stub.BookAppointment(member.booking(client_voucher=(await vouchers(member, call))[0]), call)

    assert checks() == before + 1
