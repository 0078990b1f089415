"""Head doctors and the co-sign queue over HTTP."""

import pytest

from identity.roles import SCOPES_BY_ROLE

API = "/api/v1"
QUEUE = f"{API}/sessions/cosign-queue"


@pytest.fixture
async def surgery(practice):
    reply = await practice.http.post(f"{API}/departments", json={"name": "Surgery", "code": "SUR"})
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


async def join(gateway, practice, role, **but):
    """A user of the workspace with their role's scopes: their id, and HTTP as them."""
    user_id = await gateway.add_user(practice.person.workspace_id, role)
    if but:
        assert (await practice.http.put(f"{API}/users/{user_id}", json=but)).status_code == 200
    return user_id, gateway.colleague(practice.person, user_id=user_id, role=role, scopes=SCOPES_BY_ROLE[role])


async def test_a_head_doctor_decides_for_their_department_and_is_told_how_many_wait_with_restricted_clients(
    gateway, practice, surgery, check_problem
):
    owner = str(practice.person.user_id)
    trainee_id, as_trainee = await join(gateway, practice, "therapist", supervisor_id=owner, department_id=surgery)
    _, as_head = await join(gateway, practice, "head_doctor", department_id=surgery)
    _, as_other = await join(gateway, practice, "head_doctor")
    client, closed = await practice.add_client(), await practice.add_client()
    async with as_trainee as trainee, as_head as head, as_other as other:
        paths = []
        for each in (client, closed):
            body = {"client_id": each["id"], "session_date": "2026-11-02T10:00:00Z", "plan": "Rest."}
            paths.append(f"{API}/sessions/{(await trainee.post(f'{API}/sessions', json=body)).json()['id']}")
            assert (await trainee.post(f"{paths[-1]}/finalize")).json()["cosign_status"] == "pending"
        before = await head.get(QUEUE)
        team = {"restricted": True, "user_ids": [trainee_id]}
        assert (await practice.http.put(f"{API}/clients/{closed['id']}/care-team", json=team)).status_code == 200
        seen, owners, others = [await http.get(QUEUE) for http in (head, practice.http, other)]

        assert (before.json()["total"], before.headers.get("restricted-waiting")) == (2, None)
        for reply in (seen, owners):
            assert [f"{API}/sessions/{item['id']}" for item in reply.json()["items"]] == paths[:1]
            assert (reply.json()["total"], reply.headers["restricted-waiting"]) == (1, "1")
        assert (others.json()["total"], others.headers.get("restricted-waiting")) == (0, None)
        check_problem(await other.post(f"{paths[0]}/cosign"), 403, "not_the_supervisor")
        check_problem(await head.post(f"{paths[1]}/cosign"), 404, "not_found")
        assert (await head.post(f"{paths[0]}/cosign")).json()["cosign_status"] == "cosigned"

        (version,) = (await trainee.get(f"{paths[0]}/versions")).json()["versions"]
    assert version["cosignature"]["role"] == "head_of_department"
