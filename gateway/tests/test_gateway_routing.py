"""The route table finds what Starlette's router would, and both ways to run a route return the same."""

import logging

import orjson
import pytest
from fastapi.dependencies.utils import request_params_to_args
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams
from starlette.routing import Match
from uuid_utils.compat import uuid7

from gateway.app import ROUTERS, routes_of
from gateway.routing.router import Query, is_direct
from gateway.routing.table import RouteTable

ROUTES = routes_of(ROUTERS)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
WORDS = sorted({segment for route in ROUTES for segment in route.path.split("/") if "{" not in segment})
VALUES = ["0198c0de-0000-7000-8000-00000000abcd", "not-an-id", "Ada Jones", "secret.ics", ".ics"]
SEGMENTS = st.sampled_from([*WORDS, *VALUES])


@st.composite
def paths(draw):
    """A route's path with its parameters filled in, now and then with one segment exchanged, or any path at all."""
    if draw(st.integers(0, 3)) == 0:
        return "/" + "/".join(draw(st.lists(SEGMENTS, max_size=7)))
    path = [
        draw(SEGMENTS) + segment.partition("}")[2] if "{" in segment else segment
        for segment in draw(st.sampled_from(ROUTES)).path.split("/")
    ]
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


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_a_literal_path_is_declared_before_the_parameter_in_its_place(route: APIRoute):
    path = "/".join(VALUES[0] + segment.partition("}")[2] if "{" in segment else segment for segment in route.path.split("/"))
    matching = [other for other in ROUTES if other.matches({"type": "http", "method": min(route.methods), "path": path})[0] is Match.FULL]

    assert matching[0] is route


@pytest.mark.parametrize("path", ["/feeds/x{token}", "/{a}{b}", "/{a}.{b}", "/{a}-b", "/x/{rest:path}", "/{}"])
def test_a_parameter_that_does_not_begin_its_segment_is_refused_at_the_start(path: str):
    with pytest.raises(ValueError, match="begin its segment"):
        RouteTable().add(path, "GET", path)


def test_a_second_route_for_the_same_method_and_path_is_refused_at_the_start():
    table = RouteTable()
    table.add("/clients/{client_id}", "GET", "first")
    table.add("/clients/{client_id}", "PUT", "second")

    with pytest.raises(ValueError, match="has a route already"):
        table.add("/clients/{id}", "GET", "third")


def test_opening_one_record_and_writing_one_go_without_fastapi():
    direct = {route.name for route in ROUTES if is_direct(route)}

    assert direct >= {"get_client", "get_appointment", "get_session", "get_service", "get_location", "get_user", "get_me"}
    assert direct >= {"create_client", "book_appointment", "change_appointment", "save_draft", "deactivate_client"}
    # Queries that one model describes.
    assert direct >= {"list_clients", "list_appointments", "list_sessions", "get_timeline", "get_download", "check_conflicts"}
    # A body that may be left out, a form, and what needs no sign-in.
    indirect = {"delete_appointment", "upload_attachment", "login"}
    assert indirect <= {route.name for route in ROUTES} - direct


WITH_QUERY = [route for route in ROUTES if Query.of(route)]
TEXTS = st.one_of(
    st.sampled_from(
        ["", "0", "1", "50", "-1", "1e3", " 7 ", "null", "true", "yes", "scheduled_start", "scheduled", "2026-03-01", "2026-03-01T09:00:00Z",
         "2026-03-01T09:00:00+01:00", "2026-03-01T09:00:00%2B01:00", "%00", "%ff", VALUES[0], VALUES[0].upper(), f"{{{VALUES[0]}}}", "Ada+Jones"]
    ),
    st.text(st.characters(codec="ascii", exclude_characters="&=;#"), max_size=8),
)  # fmt: skip


@given(st.sampled_from(WITH_QUERY), st.data())
def test_both_ways_read_the_same_in_a_query(route: APIRoute, data: st.DataObject):
    (field,) = route.dependant.query_params
    names = st.sampled_from([each.alias or name for name, each in field.field_info.annotation.model_fields.items()])
    raw = "&".join(f"{name}={text}" for name, text in data.draw(st.lists(st.tuples(names, TEXTS), max_size=5))).encode()

    values, errors = request_params_to_args(route.dependant.query_params, QueryParams(raw))
    read = Query.of(route).read(raw)

    assert (read is None) == bool(errors)
    if read is not None:
        assert read == values[field.name]
        assert read.model_fields_set == values[field.name].model_fields_set


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


@pytest.mark.parametrize(
    ("query", "status"), [("", 200), ("?limit=1", 200), ("?limit=5&limit=1", 200), ("?limit=", 422), ("?limit=x", 422), ("?limits=1", 422)]
)
async def test_both_ways_take_and_refuse_the_same_queries(practice, through_fastapi, query, status):
    client = await practice.add_client()
    through_fastapi.clear()

    direct = await practice.http.get(f"/api/v1/clients/{client['id']}/timeline{query}")
    was_direct = not through_fastapi
    validated = await practice.http.get(f"/api/v1/clients/{client['id'].upper()}/timeline{query}")

    assert was_direct == (status == 200 or query == "?limits=1")
    assert direct.status_code == validated.status_code == status
    told = [
        {name: value for name, value in reply.json().items() if name not in {"request_id", "instance"}} for reply in (direct, validated)
    ]
    assert told[0] == told[1]
    assert apart_from_its_own(direct) == apart_from_its_own(validated)


LOCATION = {"name": "Annex", "location_type": "clinic", "address": "2 Short Street"}
PLAIN, UNUSUAL = {"content-type": "application/json"}, {"content-type": 'application/json; charset="utf-8"'}


def apart_from_its_own(reply):
    """The headers of a reply but for what each request has of its own."""
    return {name: value for name, value in reply.headers.items() if name not in {"x-request-id", "ratelimit-remaining", "ratelimit-reset"}}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (LOCATION, 201),
        (LOCATION | {"colour": "red"}, 201),
        (LOCATION | {"address": None}, 201),
        ({"colour": "red"}, 422),
        (LOCATION | {"name": 5}, 422),
        (LOCATION | {"location_type": "moon"}, 422),
        ([LOCATION], 422),
        (None, 422),
    ],
)
async def test_both_ways_take_and_refuse_the_same_bodies(practice, through_fastapi, body, status):
    sent = orjson.dumps(body)

    direct = await practice.http.post("/api/v1/locations", content=sent, headers=PLAIN)
    was_direct = not through_fastapi
    validated = await practice.http.post("/api/v1/locations", content=sent, headers=UNUSUAL)

    assert was_direct == (status == 201)
    assert direct.status_code == validated.status_code == status
    own = {"id", "created_at", "updated_at", "request_id"}
    told = [{name: value for name, value in reply.json().items() if name not in own} for reply in (direct, validated)]
    assert told[0] == told[1]
    lengths = {"content-length"} if status == 201 else set()
    assert {n: v for n, v in apart_from_its_own(direct).items() if n not in lengths} == {
        n: v for n, v in apart_from_its_own(validated).items() if n not in lengths
    }


@pytest.mark.parametrize("sent", [b"", b"{", b'{"name": NaN}', b'{"name": "a", "name": "b"}', b"\xff", b'{"name": "\\ud800"}'])
async def test_a_body_that_cannot_be_decoded_is_reported_by_fastapi(practice, through_fastapi, check_problem, sent):
    reply = await practice.http.post("/api/v1/locations", content=sent, headers=PLAIN)

    assert through_fastapi
    check_problem(reply, 422, "validation_failed")


async def test_a_body_of_another_type_is_not_decoded(practice, through_fastapi, check_problem):
    reply = await practice.http.post("/api/v1/locations", content=orjson.dumps(LOCATION), headers={"content-type": "text/plain"})

    assert through_fastapi
    check_problem(reply, 422, "validation_failed")


async def test_strict_handling_refuses_unknown_members_on_the_direct_way(practice, through_fastapi, check_problem):
    reply = await practice.http.post("/api/v1/locations", json=LOCATION | {"colour": "red"}, headers={"prefer": "handling=strict"})

    assert not through_fastapi
    check_problem(reply, 422, "unknown_member")
    assert reply.headers["preference-applied"] == "handling=strict"


async def test_parameters_beside_the_body_are_read_by_fastapi(practice, through_fastapi, check_problem):
    client = await practice.add_client()
    note = await practice.write_note(client["id"])
    through_fastapi.clear()

    stale = await practice.http.patch(f"/api/v1/sessions/{note['id']}/draft", json={"plan": "rest"}, headers={"if-match": '"99"'})
    unknown = await practice.http.post("/api/v1/appointments?allow_conflict=perhaps", json={})

    assert len(through_fastapi) == 2
    check_problem(stale, 412, "stale_version")
    check_problem(unknown, 422, "validation_failed")


async def test_a_stranger_learns_nothing_about_a_body(gateway, check_problem):
    async with gateway.anonymous() as stranger:
        for body in (LOCATION, {"colour": "red"}, LOCATION | {"name": 5}):
            check_problem(await stranger.post("/api/v1/locations", json=body), 401, "sign_in_required")


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
