"""Every error is a problem, wherever it is raised."""

import logging
from uuid import uuid4

import httpx
import pytest

from caseload.services import SERVICE_NAMES
from chassis.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Refusal, Stale, TooMany, Unauthenticated, Unavailable
from chassis.rpc.client.peers import Peers
from gateway.auth.cookies import CookieWriter
from gateway.auth.known_devices import KnownDevices
from gateway.middleware.edge import Edge
from gateway.middleware.errors import Errors
from gateway.problems.responses import ProblemResponses, fault_of
from gateway.settings import GatewaySettings


def raising(error: Exception) -> httpx.AsyncClient:
    """Visits an application that does nothing but fail."""
    cookies = CookieWriter(KnownDevices(GatewaySettings(environment="development")), secure=True)

    async def application(scope, receive, send):
        raise error

    transport = httpx.ASGITransport(
        Edge(Errors(application, ProblemResponses("https://practice.example", ["/api/v1/x"]), cookies)),
        raise_app_exceptions=True,
    )
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Unauthenticated, 401),
        (Forbidden, 403),
        (NotFound, 404),
        (Conflict, 409),
        (Stale, 412),
        (Invalid, 422),
        (TooMany, 429),
        (Unavailable, 503),
    ],
)
async def test_each_kind_of_refusal_has_its_status(kind: type[Refusal], status: int, check_problem):
    async with raising(kind("some_code", "A sentence.", facts={"limit": 3, "status": "forged"})) as client:
        problem = check_problem(await client.get("/api/v1/x?secret=1"), status, "some_code")

    assert problem["detail"] == "A sentence."
    assert problem["limit"] == 3
    assert problem["type"] == "https://practice.example/problems/some_code"


async def test_faults_have_pointers(check_problem):
    async with raising(Invalid("nope", faults=[Fault("/name", "is empty")])) as client:
        problem = check_problem(await client.get("/"), 422, "nope")

    assert problem["errors"] == [{"pointer": "/name", "detail": "Is empty."}]


async def test_too_many_and_unavailable_have_retry_after(check_problem):
    async with raising(TooMany("slow_down", retry_after=1.2)) as client:
        assert (await client.get("/")).headers["retry-after"] == "2"
    async with raising(Unavailable("away")) as client:
        assert (await client.get("/")).headers["retry-after"] == "1"


async def test_an_unexpected_error_quotes_nothing(caplog: pytest.LogCaptureFixture, check_problem):
    caplog.set_level(logging.DEBUG)
    async with raising(ValueError("Ada Lovelace, born 1815")) as client:
        reply = await client.get("/")

    check_problem(reply, 500, "internal_error")
    assert "unexpected ValueError" in caplog.text
    assert "Lovelace" not in reply.text + caplog.text


def test_a_fault_never_quotes_the_input():
    error = {"type": "uuid_parsing", "loc": ("path", "client_id"), "msg": "Input should be a valid UUID, invalid character: `L`"}

    assert fault_of(error) == Fault("/client_id", "Input should be a valid UUID.")
    assert fault_of({"type": "x", "loc": ("body", "a/b", "c~d", 0), "msg": "m"}).pointer == "/a~1b/c~0d/0"


async def test_an_unknown_address_is_a_404(practice, check_problem):
    check_problem(await practice.http.get("/api/v1/nowhere"), 404, "not_found")


async def test_a_path_with_a_trailing_slash_is_a_404_and_no_redirect(practice, check_problem):
    reply = await practice.http.get("/api/v1/clients/", headers={"Host": "elsewhere.example"})

    check_problem(reply, 404, "not_found")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("clients/Ada Jones", "clients/-"),
        ("clients/Ada Jones/timeline", "clients/-/timeline"),
        ("Ada Jones/x/clients%2F1", "-/-/clients/-"),
        ("sessions/0199f3b2-7d3c-7a3e-9c60-7f5b1c8a9d0e/Ada", "sessions/0199f3b2-7d3c-7a3e-9c60-7f5b1c8a9d0e/-"),
    ],
)
async def test_a_problem_does_not_repeat_unknown_segments_of_the_path(gateway, practice, typed: str, told: str):
    for http in (practice.http, gateway.anonymous()):
        problem = (await http.get(httpx.URL("http://127.0.0.1:8000", raw_path=f"/api/v1/{typed}".replace(" ", "%20").encode()))).json()

        assert problem["status"] in {401, 404, 422}
        assert problem["instance"] == f"/api/v1/{told}"
        assert "Ada" not in str(problem)


async def test_an_unknown_method_is_a_405_that_lists_the_methods(practice, check_problem):
    reply = await practice.http.put("/api/v1/clients")

    check_problem(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '{"first_name": "A", "last_name": "B", "last_name": "C"}',
        '"text"',
        "null",
        '{"first_name": "\\ud800", "last_name": "L"}',
        '{"first_name": "a\\u0000b", "last_name": "L"}',
    ],
)
async def test_a_body_that_is_no_client_is_a_422(practice, body: str, check_problem):
    reply = await practice.http.post("/api/v1/clients", content=body, headers={"Content-Type": "application/json"})

    assert check_problem(reply, 422, "validation_failed")["errors"]


async def test_all_faults_of_a_body_are_reported_together(practice, check_problem):
    body = {"first_name": "", "email": "nobody", "date_of_birth": "1990-13-01", "time_zone": "Mars/Olympus", "is_active": "yes"}

    problem = check_problem(await practice.http.post("/api/v1/clients", json=body), 422, "validation_failed")

    pointers = {fault["pointer"] for fault in problem["errors"]}
    assert pointers == {"/first_name", "/last_name", "/email", "/date_of_birth", "/time_zone", "/is_active"}
    assert "Mars" not in str(problem)


@pytest.mark.parametrize("query", ["page=0", "page_size=101", "page_size=0", "page=x", "page=10000001"])
async def test_a_page_out_of_range_is_a_422(practice, query: str, check_problem):
    check_problem(await practice.http.get(f"/api/v1/clients?{query}"), 422, "validation_failed")


async def test_the_last_page_there_can_be_is_empty(practice):
    for noun in ("clients", "appointments", "services", "locations", "sessions", "users", "audit-events", "reminders/logs"):
        reply = await practice.http.get(f"/api/v1/{noun}?page=10000000&page_size=100")
        assert (reply.status_code, reply.json()["items"]) == (200, []), noun


async def test_a_malformed_id_is_a_422_and_an_unknown_one_a_404(practice, check_problem):
    check_problem(await practice.http.get("/api/v1/clients/42"), 422, "validation_failed")
    check_problem(await practice.http.get(f"/api/v1/clients/{uuid4()}"), 404, "not_found")


async def test_a_body_over_the_limit_is_refused_by_its_announced_length(practice, check_problem):
    reply = await practice.http.post("/api/v1/clients", json={"notes": "x" * 1_100_000})

    assert check_problem(reply, 413, "body_too_large")["limit_bytes"] == 1024 * 1024


async def test_a_body_over_the_limit_is_refused_while_it_streams(practice, check_problem):
    async def endless():
        for _ in range(40):
            yield b"x" * 100_000

    reply = await practice.http.post("/api/v1/clients", content=endless(), headers={"Content-Type": "application/json"})

    check_problem(reply, 413, "body_too_large")


async def test_a_request_without_credentials_is_a_401(gateway, check_problem):
    async with gateway.anonymous() as http:
        reply = await http.get("/api/v1/clients")

    check_problem(reply, 401, "sign_in_required")
    assert reply.headers["www-authenticate"] == "Bearer"


async def test_a_role_without_the_scope_is_forbidden(gateway, practice, check_problem):
    async with gateway.colleague(practice.person, scopes={"appointments:read"}) as colleague:
        reply = await colleague.get("/api/v1/clients")

    assert reply.status_code == 403
    check_problem(reply, 403, reply.json()["code"])


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9"])
async def test_an_idempotency_key_that_cannot_be_one_is_a_422(practice, key: str, check_problem):
    reply = await practice.http.post(
        "/api/v1/clients", json={"first_name": "A", "last_name": "B"}, headers={"Idempotency-Key": key.encode("latin-1")}
    )

    check_problem(reply, 422, "invalid_idempotency_key")


async def test_an_unavailable_service_is_a_503(gateway, practice, tmp_path, check_problem, monkeypatch):
    # As if it had been away for long, and not for a restart.
    monkeypatch.setattr("chassis.rpc.client.instances.SECONDS_TO_CONNECT", 0.1)
    nobody = dict.fromkeys(SERVICE_NAMES, f"unix:{tmp_path}/nobody.sock")
    peers = Peers(None, addresses=nobody | {"identity": gateway.environment.runtime("identity").settings.listen})
    lonely = gateway.reconfigured(peers=peers)
    try:
        async with lonely.colleague(practice.person) as colleague:
            check_problem(await colleague.get("/api/v1/services"), 503, "scheduling_unavailable")
    finally:
        await peers.close()


async def test_the_page_about_a_problem_explains_it(gateway, check_problem):
    async with gateway.anonymous() as http:
        page = await http.get("/problems/appointment_conflict")

        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "<code>conflicting_appointments</code>" in page.text
        check_problem(await http.get("/problems/<script>"), 404, "not_found")
