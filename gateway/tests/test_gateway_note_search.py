"""The list of notes, searched."""

import pytest


async def test_notes_are_searched_by_the_beginnings_of_their_words(practice):
    made = {"client_id": (await practice.add_client())["id"], "session_date": "2026-03-02T09:00:00Z"}
    note = (await practice.http.post("/api/v1/sessions", json={**made, "plan": "Cooling of the knee"})).json()
    await practice.http.post("/api/v1/sessions", json={**made, "plan": "Cooling"})

    found = await practice.http.get("/api/v1/sessions", params={"search": "kne cool"})
    of_client = await practice.http.get("/api/v1/sessions", params={"search": "COOL", "client_id": made["client_id"], "page_size": 1})
    unsearched = await practice.http.get("/api/v1/sessions", params={"search": ""})

    assert [one["id"] for one in found.json()["items"]] == [note["id"]]
    assert (found.json()["total"], of_client.json()["total"], len(of_client.json()["items"]), unsearched.json()["total"]) == (1, 2, 1, 2)
    assert "search-incomplete" not in found.headers


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"search": "a" * 201}, "validation_failed"),
        ({"search": "- !"}, "search_invalid"),
        ({"search": "a b c d e f g h i"}, "search_invalid"),
        ({"search": "a", "page": 1_000}, "search_too_deep"),
    ],
)
async def test_a_search_that_cannot_be_made_is_refused_without_its_words(practice, query, code, check_problem):
    reply = await practice.http.get("/api/v1/sessions", params=query)

    check_problem(reply, 422, code)
    assert "a b c" not in reply.text
