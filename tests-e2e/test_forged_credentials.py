"""Credentials that are almost right are not right: mutated tokens at the gateway and at a service's own door, cookies without their counterpart."""

import asyncio
import os
import re
from collections import Counter
from uuid import uuid4

import grpc
import httpx
import pytest
from attack.mutants import misspellings, mutants
from attack.raw_http import RawConnection
from attack.reporting import report
from attack.service_methods import RawChannel, methods
from contract import promised, unnamed

from standalone.selftest.operations import operations

# `make drill` tries more.
MUTANTS = int(os.environ.get("CASELOAD_MUTATED_TOKENS", "1000"))
SEED = 20261120
AT_A_TIME = 16


@pytest.fixture(scope="module")
async def person(attacked):
    return await attacked.open_practice()


@pytest.fixture
def token(attacked, person):
    return attacked.sign_in(person).json()["access_token"]


async def each(items, work):
    """Does the work for every item, so many at a time."""
    waiting = iter(items)

    async def one():
        for item in waiting:
            await work(item)

    await asyncio.gather(*(one() for _ in range(AT_A_TIME)))


async def everybody_asks(attacked, token):
    """GET /auth/me with each of these headers; how often it was answered how."""
    answers, waiting = Counter(), iter(token)

    async def one():
        async with RawConnection.to(attacked.installation.gateway_url) as connection:
            for headers in waiting:
                reply = await connection.ask("GET", "/api/v1/auth/me", headers)
                answers[reply.status, reply.json().get("code")] += 1

    await asyncio.gather(*(one() for _ in range(AT_A_TIME)))
    return answers


async def test_no_mutant_of_a_token_is_let_in_by_the_gateway(attacked, token):
    good = [bearer(token)]
    assert await everybody_asks(attacked, good) == {(200, None): 1}

    answers = await everybody_asks(attacked, map(bearer, mutants(token, MUTANTS, SEED)))

    report(f"{answers.total()} mutated tokens at the gateway: {dict(answers)}")
    assert answers.total() == MUTANTS
    assert answers.keys() <= {(401, "token_invalid"), (401, "token_expired")}, answers
    assert await everybody_asks(attacked, good) == {(200, None): 1}


async def test_no_mutant_of_a_token_is_let_in_by_a_service(attacked, token):
    answers = Counter()
    method = next(method for method in methods() if method.name == "ListClients")
    line = RawChannel(attacked.addresses["clients"])
    assert (await line.ask(method, b"", token))[0] is grpc.StatusCode.OK

    async def ask(mutant):
        status, body, said = await line.ask(method, b"", mutant)
        answers[status, said.partition(" ")[0], body] += 1

    await each(mutants(token, MUTANTS, SEED + 1), ask)
    assert (await line.ask(method, b"", token))[0] is grpc.StatusCode.OK
    await line.close()

    report(f"{answers.total()} mutated tokens at a service: {dict(answers)}")
    assert answers.total() == MUTANTS
    refused = grpc.StatusCode.UNAUTHENTICATED
    assert answers.keys() <= {(refused, "token_invalid", b""), (refused, "token_expired", b"")}, answers


async def test_no_mutant_of_a_cookie_is_let_in(attacked, person):
    jar = dict(attacked.sign_in(person).cookies)
    # Without the refresh token, that is: with it, whatever the access cookie has become, a browser is still signed in.
    crumbs = [{"access_token": mutant} for mutant in mutants(jar["access_token"], MUTANTS // 2, SEED + 2)]
    crumbs += [{"refresh_token": mutant} for mutant in misspellings(jar["refresh_token"], MUTANTS // 10, SEED + 3)]

    answers = await everybody_asks(attacked, map(cookie, crumbs))

    report(f"{answers.total()} mutated cookies: {dict(answers)}")
    assert answers.total() == len(crumbs)
    assert {status for status, _ in answers} == {401}
    assert await everybody_asks(attacked, [cookie(jar)]) == {(200, None): 1}


@pytest.fixture(scope="module")
async def jars(attacked, person):
    """The cookies of two sign-ins of one person, and of one of somebody else's."""
    signed_in = [attacked.sign_in(who) for who in (person, person, await attacked.add_user(person.workspace_id))]
    return [dict(reply.cookies) for reply in signed_in]


@pytest.mark.parametrize("counterpart", ["missing", "another's", "of an earlier sign-in", "cut short", "empty", "the access token"])
async def test_no_write_by_cookie_is_done_without_its_own_csrf_token(attacked, jars, counterpart):
    earlier, jar, another = jars
    sent = {
        "missing": None,
        "another's": another["csrf_token"],
        "of an earlier sign-in": earlier["csrf_token"],
        "cut short": jar["csrf_token"][:-1],
        "empty": "",
        "the access token": jar["access_token"],
    }[counterpart]
    headers = cookie(jar) | ({} if sent is None else {"X-CSRF-Token": sent})
    refused = set()

    async with RawConnection.to(attacked.installation.gateway_url) as connection:
        for operation in operations((await connection.ask("GET", "/api/v1/openapi.json")).json()):
            if operation.method == "GET" or (operation.is_public and not operation.path.endswith(("/refresh", "/logout"))):
                continue
            reply = await connection.ask(operation.method, re.sub(r"\{\w+\}", str(uuid4()), operation.path), headers, b"{}")
            assert (reply.status, reply.json()["code"]) == (403, "csrf_failed"), f"{operation}: {reply}"
            assert "set-cookie" not in reply.headers
            refused.add(unnamed(operation))
        assert (await connection.ask("GET", "/api/v1/auth/me", headers)).status == 200
        room, good = b'{"name": "Room", "location_type": "clinic"}', {"X-CSRF-Token": jar["csrf_token"], "Content-Type": "application/json"}
        assert (await connection.ask("POST", "/api/v1/locations", headers | good, room)).status == 201

    signing_in = {
        f"POST /api/v1/auth/{way}"
        for way in (
            "login",
            "magic-link",
            "verify",
            "verify-2fa",
            "passkeys/sign-in",
            "passkeys/sign-in/finish",
            "password/forgot",
            "password/reset",
        )
    }
    assert refused == promised("POST", "PUT", "PATCH", "DELETE") - signing_in


async def test_a_request_with_a_token_and_cookies_is_judged_by_its_token_alone(attacked, person):
    mine, other = attacked.sign_in(person), attacked.sign_in(await attacked.open_practice())
    jar, bearer = dict(mine.cookies), other.json()["access_token"]
    async with httpx.AsyncClient(base_url=f"{attacked.installation.gateway_url}/api/v1", headers=cookie(jar), timeout=30) as http:
        for authorization in ("Bearer nonsense", f"Bearer {bearer[:-4]}AAAA", f"Basic {bearer}", "Bearer"):
            reply = await http.get("/auth/me", headers={"Authorization": authorization, "X-CSRF-Token": jar["csrf_token"]})
            assert reply.status_code == 401, authorization
            assert "set-cookie" not in reply.headers
        told = await http.get("/auth/me", headers={"Authorization": f"Bearer {bearer}"})
        assert told.json()["id"] == other.json()["user"]["id"] != mine.json()["user"]["id"]
        # Signing out with the token ends the token's sign-in, not that of the cookies.
        assert (await http.post("/auth/logout", headers={"Authorization": f"Bearer {bearer}"})).status_code == 200
        assert (await http.get("/auth/me")).json()["id"] == person.user_id


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def cookie(jar):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
