"""A merge whose clients service is killed in the middle, while another service is away, moves every record once."""

import pytest
from attack.installation import AttackedInstallation
from drill.environment import until
from drill.faults import kill, killed

from standalone.selftest.operations import now, text, times

# More than scheduling moves at once.
APPOINTMENTS = 60


@pytest.mark.drill
async def test_a_killed_merge_goes_on_where_it_was(suite_drill):
    attacked = AttackedInstallation(suite_drill.installation)
    person = await attacked.open_workspace("practice")
    owners = await attacked.owners(person, 2)
    with attacked.api_as(person) as api:

        def made(path, **body):
            reply = api.post(path, json=body, headers={"Authorization": f"Bearer {owners.next_token()}"})
            assert reply.status_code == 201, reply.text
            return reply.json()["id"]

        survivor, duplicate = [made("/clients", first_name="Ada", last_name="Jones") for _ in range(2)]
        booked = {made("/appointments", client_id=duplicate, location_type="clinic", **times()) for _ in range(APPOINTMENTS)}
        note = made("/sessions", client_id=duplicate, session_date=text(now()), plan="Rest.")
        assert api.post(f"/sessions/{note}/finalize").status_code == 200
        await suite_drill.settle()

        async with suite_drill.superuser() as connection:

            async def moved(table):
                return await connection.fetchval(f"SELECT count(*) FROM {table} WHERE client_id = $1", survivor)

            with killed(suite_drill.installation, "clinical"):
                merged = api.post(f"/clients/{survivor}/merge", json={"duplicate_id": duplicate})
                assert merged.status_code == 200, merged.text
                job = merged.headers["location"].removeprefix("/api/v1")
                await until(lambda: is_there(moved, "scheduling.appointments", APPOINTMENTS), 60.0, "scheduling has moved its rows")
                kill(suite_drill.installation, "clients")
                assert await moved("clinical.sessions") == 0, "it was over already"
            await suite_drill.ready()
            # Instead of waiting for the lease of the one who was killed.
            await connection.execute("UPDATE clients.due_jobs SET due_at = now()")
            await until(lambda: is_over(api, job), 90.0, "the merge is done")
            assert (await moved("scheduling.appointments"), await moved("clinical.sessions")) == (APPOINTMENTS, 1)
            counts = "SELECT count(*), count(DISTINCT id) FROM {}.moved_rows WHERE new_owner = $1 AND table_name = $2"
            for service, table, number in (("scheduling", "appointments", APPOINTMENTS), ("clinical", "sessions", 1)):
                assert tuple(await connection.fetchrow(counts.format(service), survivor, table)) == (number, number)

        assert api.get(f"/sessions/{note}/verify").json()["intact"]
        assert api.get(f"/clients/{duplicate}").status_code == 410
        listed = api.get(f"/appointments?client_id={survivor}&page_size=100").json()["items"]
        assert {appointment["id"] for appointment in listed} == booked


async def is_there(moved, table, number):
    return await moved(table) == number


async def is_over(api, job):
    told = api.get(job)
    return told.status_code == 200 and told.json()["status"] == "done"
