"""What a request names and its route does not know: query names, members of a body."""

import pytest
from pydantic import BaseModel

from chassis.errors import Invalid
from gateway.api.fields import JsonObject, Schema
from gateway.app import ROUTERS, routes_of
from gateway.request import GatewayRequest
from gateway.routing.nouns import API
from gateway.routing.unknown import body_shape, check_members, query_names, shape_of

STRICT = {"Prefer": "respond-async, handling=strict"}


@pytest.mark.parametrize(
    ("path", "pointer", "detail"),
    [
        ("/api/v1/services?search=massage", "/search", "Is not known here."),
        ("/api/v1/clients?serach=jo", "/serach", "Is not known here; did you mean search?"),
        ("/api/v1/clients?page=1&page_siez=5", "/page_siez", "Is not known here; did you mean page_size?"),
        ("/api/v1/auth/me?verbose=", "/verbose", "Is not known here."),
        ("/api/v1/clients?Ada%20Jones=1", "/-", "Is not known here."),
    ],
)
async def test_an_unknown_query_name_is_refused_and_the_nearest_is_named(practice, check_problem, path, pointer, detail):
    problem = check_problem(await practice.http.get(path), 422, "unknown_parameter")

    assert problem["errors"] == [{"pointer": pointer, "detail": detail}]


async def test_it_is_refused_where_one_record_is_opened(practice, check_problem):
    client = await practice.add_client()

    check_problem(await practice.http.get(f"/api/v1/clients/{client['id']}?include_appointment=true"), 422, "unknown_parameter")


async def test_a_write_with_an_unknown_query_name_changes_nothing(practice):
    body = {"name": "Room 1", "location_type": "clinic"}
    reply = await practice.http.post("/api/v1/locations?dryrun=true", json=body)

    assert reply.status_code == 422
    assert (await practice.http.get("/api/v1/locations")).json()["total"] == 0


async def test_whoever_is_not_signed_in_is_told_that_and_nothing_else(gateway, check_problem):
    async with gateway.anonymous() as http:
        check_problem(await http.get("/api/v1/clients?serach=jo"), 401, "sign_in_required")
        check_problem(await http.post("/api/v1/clients", json={"frist_name": "Ada"}), 401, "sign_in_required")
        check_problem(await http.get("/api/v1/health?verbose=1"), 422, "unknown_parameter")


async def test_unknown_members_are_ignored_and_named(practice):
    body = {"first_name": "Ada", "last_name": "Jones", "nickname": "Addie", "shoe size": 38}
    reply = await practice.http.post("/api/v1/clients", json=body)

    assert reply.status_code == 201
    assert reply.headers["x-ignored-members"] == "/nickname, /-"
    assert "x-ignored-members" not in (await practice.http.post("/api/v1/clients", json={"first_name": "A", "last_name": "B"})).headers


async def test_a_body_of_which_nothing_is_known_is_refused_and_the_nearest_is_named(practice, check_problem):
    note = await practice.write_note((await practice.add_client())["id"])
    problem = check_problem(
        await practice.http.patch(f"/api/v1/sessions/{note['id']}/draft", json={"subjectve": "Better."}), 422, "unknown_member"
    )

    assert problem["errors"] == [{"pointer": "/subjectve", "detail": "Is not known here; did you mean subjective?"}]
    assert (await practice.http.get(f"/api/v1/sessions/{note['id']}")).json()["version"] == note["version"]


async def test_an_empty_change_is_one(practice):
    note = await practice.write_note((await practice.add_client())["id"])

    assert (await practice.http.patch(f"/api/v1/sessions/{note['id']}/draft", json={})).status_code == 200


async def test_whoever_prefers_strict_handling_is_refused_any_unknown_member(practice, check_problem):
    body = {"first_name": "Ada", "last_name": "Jones", "nickname": "Addie"}
    refused = await practice.http.post("/api/v1/clients", json=body, headers=STRICT)
    taken = await practice.http.post("/api/v1/clients", json={"first_name": "Ada", "last_name": "Jones"}, headers=STRICT)

    (fault,) = check_problem(refused, 422, "unknown_member")["errors"]
    assert fault["pointer"] == "/nickname"
    assert taken.status_code == 201
    assert {reply.headers["preference-applied"] for reply in (refused, taken)} == {"handling=strict"}
    assert (await practice.http.get("/api/v1/clients")).json()["total"] == 1


async def test_what_signs_in_is_held_to_it_too(gateway, check_problem):
    async with gateway.anonymous() as http:
        check_problem(await http.post("/api/v1/auth/magic-link", json={"e-mail": "ada@example.com"}), 422, "unknown_member")


class Part(BaseModel):
    title: str


class Whole(Schema):
    parts: list[Part] | None = None
    free: JsonObject | None = None


@pytest.mark.parametrize("prefer", ["handling=strict", 'Handling="strict"', "wait=5, handling=strict; x=1"])
def test_members_of_members_are_named_by_their_pointers_and_free_objects_hold_anything(prefer):
    value = {"parts": [{"title": "a"}, {"titel": "b"}], "free": {"any": {"thing": 1}}}
    request = GatewayRequest({"type": "http", "method": "POST", "path": "/", "headers": []})
    check_members(request, value, shape_of(Whole))
    strict = GatewayRequest({"type": "http", "method": "POST", "path": "/", "headers": [(b"prefer", prefer.encode())]})

    assert request.response_headers == [(b"x-ignored-members", b"/parts/1/titel")]
    with pytest.raises(Invalid) as refused:
        check_members(strict, value, shape_of(Whole))
    assert [(fault.pointer, fault.detail) for fault in refused.value.faults] == [
        ("/parts/1/titel", "Is not known here; did you mean title?")
    ]


async def test_every_route_knows_what_the_document_says_it_takes(gateway):
    async with gateway.anonymous() as http:
        paths = (await http.get("/api/v1/openapi.json")).json()["paths"]
    compared = 0
    for route in (route for route in routes_of(ROUTERS) if route.path.startswith(API) and route.include_in_schema):
        for method in route.methods:
            operation = paths[route.path][method.lower()]
            assert query_names(route) == {each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query"}, route.path
            content = operation.get("requestBody", {}).get("content", {})
            takes_members = "application/json" in content and "text/csv" not in content
            assert (body_shape(route) is not None) == takes_members, route.path
            compared += 1
    assert compared > 50
