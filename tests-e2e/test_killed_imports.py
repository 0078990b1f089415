"""An import of clients goes on although its process is killed in the middle, and is undone as a whole although the next one is killed, too."""

import asyncio

import asyncpg

from chassis.local.postgres import LocalPostgres

ROWS = 1_500
CSV = {"content-type": "text/csv"}
_LONGEST_WAIT = 120.0


async def test_an_import_is_made_once_and_undone_as_a_whole_whoever_is_killed(suite, sign_in, eventually):
    api = sign_in(suite)
    database = await asyncpg.connect(LocalPostgres(suite.home / "postgres").dsn, timeout=10)

    def total(**query):
        return api.get("/clients", params={"include_inactive": True, **query}).json()["total"]

    def ordered(kind):
        lines = [f"Given{n},{kind},{kind}-{n}" for n in range(ROWS)]
        content = "\n".join(["first_name,last_name,external_id", *lines])
        reply = api.post("/clients/import", content=content, headers=CSV)
        assert reply.status_code == 202, reply.text
        return reply.json()["id"]

    async def begun(job):
        """How many rows are done of the job, as soon as there are some."""
        async with asyncio.timeout(_LONGEST_WAIT):
            # It is polled, and has no event to wait for.
            while not (done := await database.fetchval("SELECT done FROM clients.jobs WHERE id = $1", job)):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return done

    async def killed_in_the_middle(job):
        await begun(job)
        gone = suite.kill_process("clients")
        eventually(lambda: suite.running["processes"]["clients"] != gone)
        status, done = await database.fetchrow("SELECT status, done FROM clients.jobs WHERE id = $1", job)
        assert (status, 0 < done < ROWS) == ("running", True), f"{status} after {done}: it was over already"
        eventually(lambda: api.get(f"/jobs/{job}").is_success)

    async def over(job):
        # Instead of waiting for the lease of the one who was killed.
        await database.execute("UPDATE clients.due_jobs SET due_at = now() WHERE job_id = $1", job)
        return await asyncio.to_thread(
            eventually, lambda: (found := api.get(f"/jobs/{job}").json())["finished_at"] and found, _LONGEST_WAIT
        )

    try:
        before = total()
        whole = ordered("Whole")
        await killed_in_the_middle(whole)
        imported = await over(whole)
        # What was imported twice would be skipped.
        assert {name: imported["result"][name] for name in ("created", "skipped", "failed")} == {"created": ROWS, "skipped": 0, "failed": 0}
        assert (imported["status"], imported["done"], total()) == ("done", ROWS, before + ROWS)

        part = ordered("Part")
        await begun(part)
        assert api.post(f"/jobs/{part}/cancel").is_success
        cancelled = await over(part)
        assert (cancelled["status"], total()) == ("cancelled", before + ROWS + cancelled["result"]["created"])
        undone = await over(api.post(f"/clients/import/{part}/undo").json()["id"])
        assert undone["result"] == {"erased": cancelled["result"]["created"], "kept": 0}
        assert (total(search="part"), total(search="whole")) == (0, ROWS)

        undo = api.post(f"/clients/import/{whole}/undo").json()["id"]
        await killed_in_the_middle(undo)
        undone = await over(undo)
        assert (undone["status"], undone["result"], total()) == ("done", {"erased": ROWS, "kept": 0}, before)
    finally:
        await database.close()
