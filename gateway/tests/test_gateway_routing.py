"""The route table finds what Starlette's router would, and both ways to run a route return the same."""

import logging

import pytest
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match
from uuid_utils.compat import uuid7

from gateway.app import ROUTERS, routes_of
from gateway.routing.router import is_direct
from gateway.routing.table import RouteTable

ROUTES = routes_of(ROUTERS)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
WORDS = sorted({segment for route in ROUTES for segment in route.path.split("/") if "{" not in segment})
VALUES = ["0198c0de-0000-7000-8000-00000000abcd", "not-an-id", "Ada Jones"]
SEGMENTS = st.sampled_from([*WORDS, *VALUES])


@st.composite
def paths(draw):
    """A route's path with its parameters filled in, now and then with one segment exchanged, or any path at all."""
    if draw(st.integers(0, 3)) == 0:
        return "/" + "/".join(draw(st.lists(SEGMENTS, max_size=7)))
    path = [draw(SEGMENTS) if "{" in segment else segment for segment in draw(st.sampled_from(ROUTES)).path.split("/")]
    if len(path) > 1 and draw(st.booleans()):
        path[draw(st.integers(1, len(path) - 1))] = draw(SEGMENTS)
    return "/".join(path)


@pytest.fixture(scope="module")
def table():
    made = RouteTable()
    for route in ROUTES:
        for method in route.methods:
            made.add(route.path, method, route)
    return made


@given(st.sampled_from(METHODS), paths())
def test_the_table_finds_the_route_that_starlette_would(table: RouteTable[APIRoute], method: str, path: str):
    matches = [(route, *route.matches({"type": "http", "method": method, "path": path})) for route in ROUTES]
    full = next(((route, scope["path_params"]) for route, match, scope in matches if match is Match.FULL), None)

    found = table.find(method, path)

    if full is None:
        assert found is None
    else:
        route, values = found
        assert route is full[0]
        assert values == list(full[1].values())
    assert set(table.methods(path)) == {method for route, match, _ in matches if match is not Match.NONE for method in route.methods}


@pytest.mark.parametrize("path", ["/feeds/{token}.ics", "/{a}{b}", "/x/{rest:path}", "/{}"])
def test_a_parameter_that_is_no_whole_segment_is_refused_at_the_start(path: str):
    with pytest.raises(ValueError, match="whole segment"):
        RouteTable().add(path, "GET", path)


def test_a_second_route_for_the_same_method_and_path_is_refused_at_the_start():
    table = RouteTable()
    table.add("/clients/{client_id}", "GET", "first")
    table.add("/clients/{client_id}", "PUT", "second")

    with pytest.raises(ValueError, match="has a route already"):
        table.add("/clients/{id}", "GET", "third")


def test_opening_one_record_goes_without_fastapi():
    direct = {route.name for route in ROUTES if is_direct(route)}

    assert direct >= {"get_client", "get_appointment", "get_session", "get_service", "get_location", "get_user", "get_me"}
    assert not {"list_clients", "get_download", "get_timeline", "create_client"} & direct


@pytest.fixture
def through_fastapi(monkeypatch):
    """The paths of the requests that are run through FastAPI."""
    paths = []
    run = AsyncExitStackMiddleware.__call__

    async def watched(self, scope, receive, send):
        paths.append(scope["path"])
        await run(self, scope, receive, send)

    monkeypatch.setattr(AsyncExitStackMiddleware, "__call__", watched)
    return paths


async def both(practice, path):
    """The replies of the direct way and, with the id in capitals, of the way through FastAPI."""
    id_ = path.rsplit("/", 1)[1]
    return await practice.http.get(path), await practice.http.get(path.replace(id_, id_.upper()))


async def test_both_ways_return_the_same(practice, through_fastapi):
    client = await practice.add_client()
    through_fastapi.clear()

    direct, validated = await both(practice, f"/api/v1/clients/{client['id']}")

    assert len(through_fastapi) == 1
    assert direct.json() == validated.json() == client
    # But for what each request has of its own.
    own = {"x-request-id", "ratelimit-remaining", "ratelimit-reset"}
    assert {name: value for name, value in direct.headers.items() if name not in own} == {
        name: value for name, value in validated.headers.items() if name not in own
    }


async def test_both_ways_refuse_the_same(practice, through_fastapi, check_problem):
    direct, validated = await both(practice, f"/api/v1/clients/{uuid7()}")

    assert len(through_fastapi) == 1
    told = [check_problem(reply, 404, "not_found") for reply in (direct, validated)]
    assert told[0].keys() == told[1].keys()
    assert told[0]["detail"] == told[1]["detail"]


async def test_a_caller_without_credentials_or_without_the_scope_is_refused(gateway, practice, person, check_problem):
    client = await practice.add_client()
    path = f"/api/v1/clients/{client['id']}"
    async with gateway.anonymous() as stranger:
        check_problem(await stranger.get(path), 401, "sign_in_required")
    async with gateway.colleague(person, scopes=["users:read"]) as colleague:
        check_problem(await colleague.get(path), 403, "permission_denied")


@pytest.mark.parametrize("odd", ["not-an-id", "0", "%2e%2e"])
async def test_a_malformed_id_is_reported_by_fastapi(practice, through_fastapi, check_problem, odd):
    reply = await practice.http.get(f"/api/v1/sessions/{odd}/versions")

    assert through_fastapi
    assert check_problem(reply, 422, "validation_failed")["errors"][0]["pointer"] == "/session_id"


async def test_an_empty_segment_is_no_id(practice, through_fastapi, check_problem):
    check_problem(await practice.http.get("/api/v1/sessions//versions"), 404, "not_found")
    assert not through_fastapi


async def test_the_log_names_the_route_and_not_the_id(practice, caplog):
    client = await practice.add_client()
    with caplog.at_level(logging.INFO, "gateway.access"):
        await practice.http.get(f"/api/v1/clients/{client['id']}")

    assert [record.route for record in caplog.records if hasattr(record, "route")] == ["/api/v1/clients/{client_id}"]
    assert client["id"] not in caplog.text


async def test_a_note_has_its_entity_tag(practice):
    note = await practice.write_note((await practice.add_client())["id"])

    reply = await practice.http.get(f"/api/v1/sessions/{note['id']}")

    assert reply.headers["etag"] == '"1"'
