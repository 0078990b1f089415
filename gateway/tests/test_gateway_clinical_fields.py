"""Medical history and notes of a client, role by role: who treats reads and writes them, a front desk is shown null and refused."""

import asyncio

import pytest

from identity.roles import SCOPES_BY_ROLE

API = "/api/v1"
CLINICAL = {"medical_history": "Asthma since childhood", "notes": "Comes with her sister"}
NOTHING = dict.fromkeys(CLINICAL)
# Who sees them, in words of their own: the matrix is compared with this, not this with the matrix.
SEES = {"owner", "therapist", "admin", "doctor", "head_doctor", "nurse"}


def clinical(client):
    return {name: client[name] for name in CLINICAL}


@pytest.mark.parametrize("role", sorted(SCOPES_BY_ROLE))
async def test_who_treats_sees_what_is_on_record_and_a_desk_sees_null(gateway, practice, check_problem, role):
    known = await practice.add_client(**CLINICAL)
    path = f"{API}/clients/{known['id']}"
    expected = CLINICAL if role in SEES else NOTHING

    async with gateway.colleague(practice.person, role=role, scopes=SCOPES_BY_ROLE[role]) as http:
        one, listed, found = await asyncio.gather(http.get(path), http.get(f"{API}/clients"), http.get(f"{API}/clients?search=love"))
        changed = await http.put(path, json={"phone": "555 0100"})
        refused = await http.put(path, json={"phone": "555 0199", "notes": "mine"})
        as_shown = await http.put(path, json={"email": "ada@example.com", "medical_history": None, "notes": " "})

    assert [clinical(client) for client in (one.json(), *listed.json()["items"], *found.json()["items"])] == [expected] * 3
    after = (await practice.http.get(path)).json()
    if "clients:write" not in SCOPES_BY_ROLE[role]:
        for reply in (changed, refused, as_shown):
            check_problem(reply, 403, "permission_denied")
    elif role in SEES:
        assert (changed.json()["phone"], clinical(changed.json())) == ("555 0100", CLINICAL)
        assert (refused.json()["notes"], as_shown.json()["medical_history"], clinical(after)) == ("mine", None, NOTHING)
    else:
        assert (changed.json()["phone"], clinical(changed.json())) == ("555 0100", NOTHING)
        problem = check_problem(refused, 403, "client_phi_not_permitted")
        assert problem["fields"] == ["notes"]
        # A form that sends back what it was shown clears nothing.
        assert clinical(as_shown.json()) == NOTHING
        assert (after["email"], after["phone"], clinical(after)) == ("ada@example.com", "555 0100", CLINICAL)


async def test_a_desk_takes_on_clients_without_their_history(gateway, practice, check_problem):
    names = {"first_name": "Grace", "last_name": "Hopper"}
    async with gateway.colleague(practice.person, role="assistant", scopes=SCOPES_BY_ROLE["assistant"]) as desk:
        made = await desk.post(f"{API}/clients", json={**names, "notes": None, "medical_history": ""})
        problem = check_problem(await desk.post(f"{API}/clients", json={**names, **CLINICAL}), 403, "client_phi_not_permitted")

    assert (made.status_code, clinical(made.json())) == (201, NOTHING)
    assert problem["fields"] == ["medical_history", "notes"]
    assert (await practice.http.get(f"{API}/clients")).json()["total"] == 1


async def test_an_api_key_sees_and_imports_them_with_the_scope_alone(gateway, practice, check_problem):
    known = await practice.add_client(**CLINICAL)
    file = "first_name,last_name,notes\nIda,Berg,{}\n"

    async def key(*scopes):
        async with gateway.colleague(practice.person, scopes=SCOPES_BY_ROLE["owner"]) as owner:
            made = await owner.post(f"{API}/api-keys", json={"name": "Import", "scopes": ["clients:read", "clients:import", *scopes]})
        return gateway.anonymous(Authorization=f"Bearer {made.json()['secret']}")

    async with await key() as plain, await key("clients:phi") as full:
        shown = [clinical((await each.get(f"{API}/clients/{known['id']}")).json()) for each in (plain, full)]
        csv = {"content-type": "text/csv"}
        refused = await plain.post(f"{API}/clients/import", content=file.format("Mine"), headers=csv)
        as_json = await plain.post(
            f"{API}/clients/import?dry_run=true", json=[{"first_name": "Ida", "last_name": "Berg", "Anamnese": "Asthma"}]
        )
        empty = await plain.post(f"{API}/clients/import", content=file.format(" "), headers=csv)
        taken = await full.post(f"{API}/clients/import", content=file.format("Mine"), headers=csv)

    assert shown == [NOTHING, CLINICAL]
    assert check_problem(refused, 403, "client_phi_not_permitted")["fields"] == ["notes"]
    assert check_problem(as_json, 403, "client_phi_not_permitted")["fields"] == ["medical_history"]
    assert (empty.json()["created"], taken.json()["created"]) == (1, 1)
    notes = {client["notes"] for client in (await practice.http.get(f"{API}/clients?search=berg")).json()["items"]}
    assert notes == {None, "Mine"}


async def test_the_refusal_is_on_record(gateway, practice):
    known = await practice.add_client(**CLINICAL)
    async with gateway.colleague(practice.person, role="assistant", scopes=SCOPES_BY_ROLE["assistant"]) as desk:
        await desk.put(f"{API}/clients/{known['id']}", json={"notes": "mine"})

    query = f"{API}/audit-events?resource_id={known['id']}&outcome=failure"
    async with asyncio.timeout(30):
        while not (found := (await practice.http.get(query)).json()["items"]):
            await asyncio.sleep(0.05)
    assert {event["action"] for event in found} == {"UPDATE"}
