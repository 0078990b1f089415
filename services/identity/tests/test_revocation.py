"""Revocation reaches services other than identity."""

import asyncio

import pytest

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.context import RequestContext
from chassis.errors import Unauthenticated
from chassis.testing.environment import start_environment
from clients.__main__ import SERVICE as CLIENTS
from identity import demo
from identity.__main__ import SERVICE as IDENTITY


async def test_other_services_refuse_the_token_of_an_ended_login_session_within_five_seconds(postgres):
    async with start_environment(postgres, IDENTITY, CLIENTS, settings={"identity": {"argon2_passes": 1, "argon2_memory_kib": 8}}) as h:
        await demo.open_demo(h.runtime("identity"))
        sign_in, clients = h.stub(SignInStub), h.stub(ClientsStub)
        request = sign_in_pb2.LoginRequest(email="owner@example.com", password=demo.PASSWORD)
        ending, going_on = [
            RequestContext(token=(await sign_in.Login(request, h.nobody())).signed_in.access_token, request_id="r", ip_address="192.0.2.7")
            for _ in range(2)
        ]
        ask = clients_pb2.ListClientsRequest()
        await clients.ListClients(ask, ending)

        await sign_in.Logout(sign_in_pb2.LogoutRequest(), ending)
        refused = None
        async with asyncio.timeout(5):
            while refused is None:
                (outcome,) = await asyncio.gather(clients.ListClients(ask, ending), return_exceptions=True)
                refused = outcome if isinstance(outcome, Exception) else None
                await asyncio.sleep(0.05)

        assert isinstance(refused, Unauthenticated)
        assert refused.code == "token_revoked"
        await clients.ListClients(ask, going_on)
        with pytest.raises(Unauthenticated):
            await sign_in.Logout(sign_in_pb2.LogoutRequest(), ending)
