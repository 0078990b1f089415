"""The middleware: request ids, response headers, access log, metrics, CORS and rate limits."""

import logging

import httpx
import pytest
from prometheus_client import REGISTRY


async def test_a_valid_request_id_is_kept_and_any_other_replaced(practice):
    given = await practice.http.get("/api/v1/services", headers={"X-Request-ID": "front-end.42"})
    forged = await practice.http.get("/api/v1/services", headers={"X-Request-ID": "two words\tand more"})

    assert given.headers["x-request-id"] == "front-end.42"
    assert forged.headers["x-request-id"] not in {"", "two words\tand more"}


async def test_a_response_of_the_api_may_not_be_run_framed_or_cached(practice):
    headers = (await practice.http.get("/api/v1/services")).headers

    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


async def test_the_access_log_names_the_route_and_never_the_query(practice, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "gateway.access")

    await practice.http.get("/api/v1/clients?search=Lovelace")

    (line,) = [record for record in caplog.records if record.name == "gateway.access"]
    assert (line.route, line.status, line.workspace_id) == ("/api/v1/clients", 200, str(practice.person.workspace_id))
    assert "Lovelace" not in str(vars(line))


async def test_no_phi_is_logged_or_used_as_a_metric_label(gateway, practice, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    client = await practice.add_client(first_name="Canaria", last_name="Canaria", notes="Canaria", email="canaria@example.com")
    await practice.http.get("/api/v1/clients?search=Canaria")
    await practice.http.post("/api/v1/clients", json={"first_name": "Canaria" * 50})
    appointment = await practice.booked(client["id"], notes="Canaria")
    assert (await practice.book(client["id"], notes="Canaria")).status_code == 409
    await practice.http.request("DELETE", f"/api/v1/appointments/{appointment['id']}", json={"reason": "Canaria"})
    note = await practice.write_note(client["id"], subjective="Canaria")
    await practice.http.post(f"/api/v1/sessions/{note['id']}/attachments", files={"file": ("canaria.jpg", b"Canaria", "image/jpeg")})
    async with gateway.anonymous() as http:
        metrics = (await http.get("/metrics")).text

    # What the test's own client says of its requests is no part of the gateway.
    logged = [str(vars(record)) for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert len(logged) > 7
    assert not [line for line in [*logged, metrics] if "canaria" in line.lower()]


async def test_metrics_count_by_route_and_not_by_id(gateway, practice):
    labels = {"method": "GET", "route": "/api/v1/clients/{client_id}", "status": "200"}
    before = REGISTRY.get_sample_value("caseload_http_requests_total", labels) or 0
    client = await practice.add_client()

    await practice.http.get(f"/api/v1/clients/{client['id']}")
    async with gateway.anonymous() as http:
        told = (await http.get("/metrics")).text

    assert REGISTRY.get_sample_value("caseload_http_requests_total", labels) == before + 1
    assert client["id"] not in told


async def test_a_front_end_of_a_named_origin_may_call_with_cookies(gateway):
    app = "https://app.example.com"
    async with gateway.reconfigured(cors_origins=(app,)).anonymous(Origin=app) as http:
        asked = await http.options("/api/v1/clients", headers={"Access-Control-Request-Method": "PUT"})
        answered = await http.get("/api/v1/clients")

    assert asked.status_code == 204
    assert "PUT" in asked.headers["access-control-allow-methods"]
    assert "X-CSRF-Token" in asked.headers["access-control-allow-headers"]
    # A refusal has to be readable by the front end as well.
    assert answered.status_code == 401
    for reply in (asked, answered):
        assert reply.headers["access-control-allow-origin"] == app
        assert reply.headers["access-control-allow-credentials"] == "true"
        assert reply.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://app.example.com.evil.example", "http://app.example.com", "null"])
async def test_no_other_origin_is_allowed(gateway, origin: str):
    async with gateway.reconfigured(cors_origins=("https://app.example.com",)).anonymous(Origin=origin) as http:
        reply = await http.options("/api/v1/clients", headers={"Access-Control-Request-Method": "PUT"})

    assert "access-control-allow-origin" not in reply.headers


async def test_writes_are_limited_per_workspace_across_addresses(gateway, practice, check_problem):
    narrow = gateway.reconfigured(writes_per_minute=3)
    token = practice.http.headers["authorization"]

    async def write(number: int) -> httpx.Response:
        async with narrow.anonymous(address=f"203.0.113.{number}", Authorization=token) as http:
            return await http.post("/api/v1/locations", json={"name": f"Room {number}", "location_type": "clinic"})

    replies = [await write(number) for number in range(4)]

    assert [reply.status_code for reply in replies] == [201, 201, 201, 429]
    assert [reply.headers["ratelimit-remaining"] for reply in replies] == ["2", "1", "0", "0"]
    assert replies[0].headers["ratelimit-limit"] == "3"
    assert 0 < int(replies[3].headers["retry-after"]) <= 60
    check_problem(replies[3], 429, "rate_limited")
    async with narrow.anonymous(Authorization=token) as http:
        assert (await http.get("/api/v1/locations")).json()["total"] == 3


async def test_reads_are_limited_per_address_across_workspaces(gateway, practice, elsewhere):
    narrow = gateway.reconfigured(reads_per_minute=2)
    statuses = []
    for token in (practice, elsewhere, practice):
        async with narrow.anonymous(address="203.0.113.9", Authorization=token.http.headers["authorization"]) as http:
            statuses.append((await http.get("/api/v1/services")).status_code)

    assert statuses == [200, 200, 429]


async def test_an_ipv6_customer_counts_as_one_address(gateway, check_problem):
    narrow = gateway.reconfigured(reads_per_minute=2)
    replies = []
    for host in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2::3", "2001:db8:1:3::1"):
        async with narrow.anonymous(address=host) as http:
            replies.append(await http.get("/api/v1/openapi.json"))

    assert [reply.status_code for reply in replies] == [200, 200, 429, 200]


async def test_sign_ins_have_a_lower_limit_than_writes(gateway, check_problem):
    narrow = gateway.reconfigured(sign_ins_per_minute=2)
    async with narrow.anonymous() as http:
        guess = {"email": "nobody@example.com", "password": "guess"}
        replies = [await http.post("/api/v1/auth/login", json=guess) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [401, 401, 429]


async def test_health_is_never_limited(gateway):
    async with gateway.reconfigured(reads_per_minute=1).anonymous() as http:
        replies = [await http.get(path) for path in ("/health", "/health", "/health/live")]

    assert [reply.json() for reply in replies] == [{"status": "ok"}] * 3


async def test_it_is_ready_when_every_service_is(gateway):
    async with gateway.anonymous() as http:
        reply = await http.get("/health/ready")

    assert reply.status_code == 200
    assert set(reply.json()["services"].values()) == {True}
