"""Consents over HTTP."""

API = "/api/v1"


async def test_consents_are_given_listed_and_withdrawn(practice, check_problem):
    client = await practice.add_client()
    path = f"{API}/clients/{client['id']}/consents"
    given = await practice.http.post(
        path, json={"purpose": "treatment", "text_version": "2026-03", "given_at": "2026-03-01T09:00:00+01:00"}
    )
    assert given.status_code == 201, given.text
    consent = given.json()
    assert consent == {
        "id": consent["id"],
        "client_id": client["id"],
        "purpose": "treatment",
        "text_version": "2026-03",
        "given_at": "2026-03-01T08:00:00Z",
        "withdrawn_at": None,
        "recorded_by": consent["recorded_by"],
        "withdrawn_by": None,
    }
    assert (await practice.http.get(f"{API}/clients/{client['id']}")).json()["consent_status"] is True
    page = (await practice.http.get(path)).json()
    assert (page["items"], page["total"], page["page_size"]) == ([consent], 1, 50)

    withdrawn = await practice.http.post(f"{path}/{consent['id']}/withdraw")
    assert withdrawn.status_code == 200
    assert withdrawn.json()["withdrawn_by"] == consent["recorded_by"]
    twice = check_problem(await practice.http.post(f"{path}/{consent['id']}/withdraw"), 409, "consent_withdrawn")
    assert twice["withdrawn_at"] == withdrawn.json()["withdrawn_at"]
    assert (await practice.http.get(f"{API}/clients/{client['id']}")).json()["consent_status"] is False


async def test_what_is_no_consent_is_a_422(practice, check_problem):
    path = f"{API}/clients/{(await practice.add_client())['id']}/consents"
    for body, pointer in (
        ({"purpose": "advertising", "text_version": "1"}, "/purpose"),
        ({"purpose": "export", "text_version": ""}, "/text_version"),
        ({"purpose": "export"}, "/text_version"),
        ({"purpose": "export", "text_version": " \t"}, "/text_version"),
        ({"purpose": "export", "text_version": "1", "given_at": "2150-01-01T00:00:00Z"}, "/given_at"),
    ):
        reply = await practice.http.post(path, json=body)
        assert [fault["pointer"] for fault in reply.json()["errors"]] == [pointer], reply.text
        assert reply.status_code == 422
