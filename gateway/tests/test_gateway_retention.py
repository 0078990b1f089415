"""The retention of the trail over HTTP."""

from datetime import date

from caseload.audit.v1 import events_pb2 as audit_events

API = "/api/v1"
RETENTION = f"{API}/audit/retention"


async def recorded(gateway, practice):
    """The trail, newest first, when all of it is in the chain."""
    await gateway.environment.settle()
    async with gateway.environment.superuser() as connection:
        while await connection.fetchval("SELECT count(*) FROM audit.unsealed WHERE workspace_id = $1", practice.person.workspace_id):
            await connection.fetch("SELECT pg_sleep(0.05)")
    return (await practice.http.get(f"{API}/audit-events", params={"page_size": 100})).json()["items"]


def years_of(event):
    return date.fromisoformat(event["retention_until"]).year - date.fromisoformat(event["created_at"][:10]).year


async def test_events_are_kept_for_the_years_that_were_chosen_when_they_were_recorded(gateway, practice):
    assert (await practice.http.get(RETENTION)).json() == {"years": 7}
    await practice.add_client()
    before = await recorded(gateway, practice)
    assert {years_of(event) for event in before} == {7}

    for years in (30, 6):
        reply = await practice.http.put(RETENTION, json={"years": years})
        assert (reply.status_code, reply.json()) == (200, {"years": years})
        assert (await practice.http.get(RETENTION)).json() == {"years": years}
        client = await practice.add_client()
        after = await recorded(gateway, practice)
        assert {years_of(event) for event in after if event["resource_id"] == client["id"]} == {years}

    # What was promised of earlier events stands, and is in the hash chain.
    assert [event for event in after if event["id"] in {each["id"] for each in before}] == before
    assert (await practice.http.get(f"{API}/audit/verify")).json()["intact"]
    lines = await gateway.environment.emitted(audit_events.AuditRecorded, practice.person.workspace_id)
    assert [line.facts["years"] for line in lines if line.event_type == "set_retention"] == ["30", "6"]


async def test_it_is_the_workspaces_own_and_for_those_who_manage_holds(gateway, practice, elsewhere, check_problem):
    assert (await practice.http.put(RETENTION, json={"years": 12})).status_code == 200
    assert (await elsewhere.http.get(RETENTION)).json() == {"years": 7}
    for wrong in ({}, {"years": 5}, {"years": 31}, {"years": None}, {"years": 7.5}, {"years": "ten"}, {"years": 2**70}):
        check_problem(await practice.http.put(RETENTION, json=wrong), 422, "validation_failed")
    async with gateway.colleague(practice.person, scopes=["audit:read", "workspace:write"]) as reader:
        check_problem(await reader.get(RETENTION), 403, "permission_denied")
        check_problem(await reader.put(RETENTION, json={"years": 8}), 403, "permission_denied")
    assert (await practice.http.get(RETENTION)).json() == {"years": 12}
