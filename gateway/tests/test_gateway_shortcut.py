"""The short way to a route answers, refuses and leaves its traces as the long way does."""

import logging

import pytest
from uuid_utils.compat import uuid7

from gateway.routing.shortcut import Shortcut


@pytest.fixture
def taken(monkeypatch):
    """The addresses that went the long way."""
    long = []
    answer = Shortcut.__call__

    async def watched(self, scope, receive, send):
        inner = self._app

        async def noted(*asgi):
            long.append(scope["path"])
            await inner(*asgi)

        self._app = noted
        try:
            await answer(self, scope, receive, send)
        finally:
            self._app = inner

    monkeypatch.setattr(Shortcut, "__call__", watched)
    return long


async def both(practice, path):
    """The replies of the short way and, the id being written in capitals, of the long one."""
    id_ = path.rsplit("/", 1)[1]
    return await practice.http.get(path), await practice.http.get(path.replace(id_, id_.upper()))


async def test_both_ways_tell_the_same(practice, taken):
    client = await practice.add_client()
    taken.clear()

    short, long = await both(practice, f"/api/v1/clients/{client['id']}")

    assert len(taken) == 1
    assert short.json() == long.json() == client
    # But for what each request has of its own.
    own = {"x-request-id", "ratelimit-remaining", "ratelimit-reset"}
    assert {name: value for name, value in short.headers.items() if name not in own} == {
        name: value for name, value in long.headers.items() if name not in own
    }


async def test_both_ways_refuse_the_same(practice, taken, check_problem):
    short, long = await both(practice, f"/api/v1/clients/{uuid7()}")

    assert len(taken) == 1
    told = [check_problem(reply, 404, "not_found") for reply in (short, long)]
    assert told[0].keys() == told[1].keys()
    assert told[0]["detail"] == told[1]["detail"]


async def test_a_stranger_and_a_colleague_without_the_scope_are_refused(door, practice, person, check_problem):
    client = await practice.add_client()
    path = f"/api/v1/clients/{client['id']}"
    async with door.visitor() as stranger:
        check_problem(await stranger.get(path), 401, "sign_in_required")
    async with door.colleague(person, scopes=["users:read"]) as colleague:
        check_problem(await colleague.get(path), 403, "permission_denied")


@pytest.mark.parametrize("odd", ["not-an-id", "0", "%2e%2e", ""])
async def test_what_is_no_id_is_explained_by_the_long_way(practice, taken, odd):
    reply = await practice.http.get(f"/api/v1/sessions/{odd}/versions")

    assert taken
    assert reply.status_code in {404, 422}


async def test_the_log_names_the_route_and_not_the_id(practice, caplog):
    client = await practice.add_client()
    with caplog.at_level(logging.INFO, "gateway.access"):
        await practice.http.get(f"/api/v1/clients/{client['id']}")

    assert [record.route for record in caplog.records if hasattr(record, "route")] == ["/api/v1/clients/{client_id}"]
    assert client["id"] not in caplog.text


async def test_a_note_keeps_its_entity_tag(practice):
    note = await practice.write_note((await practice.add_client())["id"])

    reply = await practice.http.get(f"/api/v1/sessions/{note['id']}")

    assert reply.headers["etag"] == '"1"'
