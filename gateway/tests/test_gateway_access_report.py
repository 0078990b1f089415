"""Who opened a client's record, where two records have become one."""

import asyncio

API = "/api/v1"


async def test_the_report_of_a_survivor_has_what_was_opened_of_who_was_merged_into_them(gateway, practice, elsewhere, check_problem):
    survivor, duplicate, first = [(await practice.add_client())["id"] for _ in range(3)]
    stranger = (await elsewhere.add_client())["id"]
    for client_id in (survivor, duplicate, first):
        assert (await practice.http.get(f"{API}/clients/{client_id}")).status_code == 200
    for into, merged in ((duplicate, first), (survivor, duplicate)):
        reply = await practice.http.post(f"{API}/clients/{into}/merge", json={"duplicate_id": merged})
        assert reply.status_code == 200, reply.text
        async with asyncio.timeout(60.0):
            while not (await practice.http.get(reply.headers["location"])).json()["finished_at"]:
                await asyncio.sleep(0.05)

    async def opened():
        page = (await practice.http.get(f"{API}/clients/{survivor}/access-report", params={"page_size": 100})).json()
        ids = [event["id"] for event in page["items"]]
        assert len(ids) == len(set(ids)) == page["total"]
        return {event["resource_id"] for event in page["items"] if event["event_type"] == "get_client"}

    await gateway.environment.settle()
    async with asyncio.timeout(60.0):
        while await opened() != {survivor, duplicate, first}:
            await asyncio.sleep(0.05)
    check_problem(await practice.http.get(f"{API}/clients/{first}/access-report"), 410, "client_merged")
    check_problem(await practice.http.get(f"{API}/clients/{stranger}/access-report"), 404, "not_found")
    async with gateway.colleague(practice.person, scopes=["clients:read"]) as other:
        check_problem(await other.get(f"{API}/clients/{survivor}/access-report"), 403, "permission_denied")
