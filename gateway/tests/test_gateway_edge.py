"""The middleware: request ids, response headers, access log, metrics and CORS."""

import logging

import pytest
from prometheus_client import REGISTRY, generate_latest


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
    metrics = generate_latest().decode()

    # What the test's own client says of its requests is no part of the gateway.
    logged = [str(vars(record)) for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert len(logged) > 7
    assert not [line for line in [*logged, metrics] if "canaria" in line.lower()]


async def test_metrics_count_by_route_and_not_by_id(gateway, practice):
    labels = {"method": "GET", "route": "/api/v1/clients/{client_id}", "status": "200"}
    before = REGISTRY.get_sample_value("caseload_http_requests_total", labels) or 0
    client = await practice.add_client()

    await practice.http.get(f"/api/v1/clients/{client['id']}")
    told = generate_latest().decode()

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
