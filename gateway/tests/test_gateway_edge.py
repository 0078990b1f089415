"""What every reply carries, and what every request passes."""

import logging

import httpx
import pytest
from prometheus_client import REGISTRY


async def test_a_request_id_is_taken_over_or_made(practice):
    given = await practice.http.get("/api/v1/services", headers={"X-Request-ID": "front-end.42"})
    forged = await practice.http.get("/api/v1/services", headers={"X-Request-ID": "two words\tand more"})

    assert given.headers["x-request-id"] == "front-end.42"
    assert forged.headers["x-request-id"] not in {"", "two words\tand more"}


async def test_an_api_reply_is_for_nobody_to_run_frame_or_keep(practice):
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


async def test_nothing_a_client_confided_is_logged_or_counted(door, practice, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    client = await practice.add_client(first_name="Canaria", last_name="Canaria", notes="Canaria", email="canaria@example.com")
    await practice.http.get("/api/v1/clients?search=Canaria")
    await practice.http.post("/api/v1/clients", json={"first_name": "Canaria" * 50})
    appointment = await practice.booked(client["id"], notes="Canaria")
    assert (await practice.book(client["id"], notes="Canaria")).status_code == 409
    await practice.http.request("DELETE", f"/api/v1/appointments/{appointment['id']}", json={"reason": "Canaria"})
    note = await practice.write_note(client["id"], subjective="Canaria")
    await practice.http.post(f"/api/v1/sessions/{note['id']}/attachments", files={"file": ("canaria.jpg", b"Canaria", "image/jpeg")})
    async with door.visitor() as visitor:
        metrics = (await visitor.get("/metrics")).text

    # What the test's own client says of its requests is no part of the gateway.
    logged = [str(vars(record)) for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert len(logged) > 7
    assert not [line for line in [*logged, metrics] if "canaria" in line.lower()]


async def test_metrics_count_by_route_and_not_by_id(door, practice):
    labels = {"method": "GET", "route": "/api/v1/clients/{client_id}", "status": "200"}
    before = REGISTRY.get_sample_value("caseload_http_requests_total", labels) or 0
    client = await practice.add_client()

    await practice.http.get(f"/api/v1/clients/{client['id']}")
    async with door.visitor() as visitor:
        told = (await visitor.get("/metrics")).text

    assert REGISTRY.get_sample_value("caseload_http_requests_total", labels) == before + 1
    assert client["id"] not in told


async def test_a_front_end_of_a_named_origin_may_call_with_cookies(door):
    app = "https://app.example.com"
    async with door.other(cors_origins=(app,)).visitor(Origin=app) as visitor:
        asked = await visitor.options("/api/v1/clients", headers={"Access-Control-Request-Method": "PUT"})
        answered = await visitor.get("/api/v1/clients")

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
async def test_no_other_origin_is_let_in(door, origin: str):
    async with door.other(cors_origins=("https://app.example.com",)).visitor(Origin=origin) as visitor:
        reply = await visitor.options("/api/v1/clients", headers={"Access-Control-Request-Method": "PUT"})

    assert "access-control-allow-origin" not in reply.headers


async def test_a_workspace_has_so_many_writes_a_minute_wherever_they_come_from(door, practice, check_problem):
    narrow = door.other(writes_per_minute=3)
    token = practice.http.headers["authorization"]

    async def write(number: int) -> httpx.Response:
        async with narrow.visitor(address=f"203.0.113.{number}", Authorization=token) as visitor:
            return await visitor.post("/api/v1/locations", json={"name": f"Room {number}", "location_type": "clinic"})

    replies = [await write(number) for number in range(4)]

    assert [reply.status_code for reply in replies] == [201, 201, 201, 429]
    assert [reply.headers["ratelimit-remaining"] for reply in replies] == ["2", "1", "0", "0"]
    assert replies[0].headers["ratelimit-limit"] == "3"
    assert 0 < int(replies[3].headers["retry-after"]) <= 60
    check_problem(replies[3], 429, "rate_limited")
    async with narrow.visitor(Authorization=token) as visitor:
        assert (await visitor.get("/api/v1/locations")).json()["total"] == 3


async def test_an_address_has_so_many_reads_a_minute_whoever_it_is(door, practice, elsewhere):
    narrow = door.other(reads_per_minute=2)
    statuses = []
    for token in (practice, elsewhere, practice):
        async with narrow.visitor(address="203.0.113.9", Authorization=token.http.headers["authorization"]) as visitor:
            statuses.append((await visitor.get("/api/v1/services")).status_code)

    assert statuses == [200, 200, 429]


async def test_an_ipv6_customer_counts_as_one_address(door, check_problem):
    narrow = door.other(reads_per_minute=2)
    replies = []
    for host in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2::3", "2001:db8:1:3::1"):
        async with narrow.visitor(address=host) as visitor:
            replies.append(await visitor.get("/api/v1/openapi.json"))

    assert [reply.status_code for reply in replies] == [200, 200, 429, 200]


async def test_guessing_passwords_is_limited_sooner_than_writing(door, check_problem):
    narrow = door.other(sign_ins_per_minute=2)
    async with narrow.visitor() as visitor:
        guess = {"email": "nobody@example.com", "password": "guess"}
        replies = [await visitor.post("/api/v1/auth/login", json=guess) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [401, 401, 429]


async def test_health_is_never_limited(door):
    async with door.other(reads_per_minute=1).visitor() as visitor:
        replies = [await visitor.get(path) for path in ("/health", "/health", "/health/live")]

    assert [reply.json() for reply in replies] == [{"status": "ok"}] * 3


async def test_it_is_ready_when_every_service_is(door):
    async with door.visitor() as visitor:
        reply = await visitor.get("/health/ready")

    assert reply.status_code == 200
    assert set(reply.json()["services"].values()) == {True}


async def test_pages_load_nothing_and_run_only_what_their_policy_names(door):
    async with door.visitor() as visitor:
        for path in ("/docs", "/auth/verify", "/problems/not_found"):
            page = await visitor.get(path)
            policy = page.headers["content-security-policy"]
            assert page.status_code == 200
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "src=" not in page.text
            assert ("<script>" in page.text) == ("script-src 'sha256-" in policy)
        assert (await visitor.get("/")).headers["location"] == "/docs"
