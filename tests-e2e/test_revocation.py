"""Whoever is no longer to be believed is believed nowhere five seconds later: not by the gateway, not by any service asked directly."""

import asyncio
import time
from contextlib import AsyncExitStack

import grpc
import pytest
from attack.installation import PASSWORD
from attack.raw_http import RawConnection
from attack.reporting import report
from attack.service_methods import methods, service_of

LIMIT = 5.0
# One question of each service, asked directly and through the gateway.
QUESTIONS = {
    "identity": ("GetMe", "/auth/me"),
    "clients": ("ListClients", "/clients"),
    "scheduling": ("ListServices", "/services"),
    "clinical": ("ListSessions", "/sessions"),
    "notifications": ("ListConfigurations", "/reminders/configurations"),
    "audit": ("ListAuditEvents", "/audit-events"),
}


@pytest.fixture(scope="module")
async def owner(attacked):
    return await attacked.open_practice()


def signing_out(attacked, owner, person, token):
    with attacked.api_with_token(token) as api:
        return api.post("/auth/logout")


def another_role(attacked, owner, person, token):
    with attacked.api_as(owner) as api:
        return api.put(f"/users/{person.user_id}/role", json={"role": "assistant"})


def switching_off(attacked, owner, person, token):
    with attacked.api_as(owner) as api:
        return api.post(f"/users/{person.user_id}/deactivate")


def a_new_password_elsewhere(attacked, owner, person, token):
    with attacked.api_as(person) as api:
        return api.put("/auth/password", json={"current_password": PASSWORD, "new_password": "another horse, another battery"})


def ending_the_sign_in_from_elsewhere(attacked, owner, person, token):
    with attacked.api_with_token(token) as api:
        (ours,) = [found["id"] for found in api.get("/auth/sessions").json() if found["current"]]
    with attacked.api_as(person) as api:
        return api.delete(f"/auth/sessions/{ours}")


@pytest.mark.parametrize(
    "end",
    [signing_out, another_role, switching_off, a_new_password_elsewhere, ending_the_sign_in_from_elsewhere],
    ids=lambda way: way.__name__,
)
async def test_a_revoked_token_is_refused_everywhere_within_five_seconds(attacked, owner, lines, end):
    person = await attacked.add_user(owner.workspace_id, "owner")
    token = attacked.sign_in(person).json()["access_token"]
    asked = {method.name: method for method in methods() if (method.name, service_of(method)) in {(q[0], s) for s, q in QUESTIONS.items()}}

    async def directly(service):
        status, _, said = await lines[service].ask(asked[QUESTIONS[service][0]], b"", token)
        return status is grpc.StatusCode.OK, said

    async with AsyncExitStack() as stack:
        connections = {
            service: await stack.enter_async_context(RawConnection.to(attacked.installation.gateway_url)) for service in QUESTIONS
        }

        async def through_the_gateway(service):
            reply = await connections[service].ask("GET", f"/api/v1{QUESTIONS[service][1]}", {"Authorization": f"Bearer {token}"})
            return reply.status == 200, reply.body.decode()

        addresses = [(way.__name__, service) for way in (directly, through_the_gateway) for service in QUESTIONS]
        ways = {"directly": directly, "through_the_gateway": through_the_gateway}
        for way, service in addresses:
            believed, said = await ways[way](service)
            assert believed, f"{service} {way}: {said}"

        reply = await asyncio.to_thread(end, attacked, owner, person, token)
        ended = time.monotonic()
        assert reply.is_success, reply.text

        async def until_refused(way, service):
            while True:
                asked_at = time.monotonic()
                believed, said = await ways[way](service)
                if not believed:
                    assert "token_revoked" in said, f"{service} {way}: {said}"
                    return asked_at - ended
                await asyncio.sleep(0.1)

        seconds = dict(zip(addresses, await asyncio.gather(*(until_refused(*door) for door in addresses)), strict=True))

    slowest = {way: round(max(value for door, value in seconds.items() if door[0] == way), 2) for way in ways}
    report(
        f"{end.__name__}: refused by all six after {slowest['directly']} s directly, {slowest['through_the_gateway']} s through the gateway"
    )
    assert len(seconds) == 12
    assert max(seconds.values()) < LIMIT, seconds
