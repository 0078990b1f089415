"""Long work over HTTP: for whom it goes on, what is booked while an import is undone, and the bar in a terminal."""

import asyncio
import io
import json
from contextlib import asynccontextmanager, suppress
from uuid import UUID
from zipfile import ZipFile

import httpx2
import pytest
from rich.console import Console
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.jobs.ordering import order
from chassis.jobs.running import JobKind
from chassis.jobs.store import JobStore
from chassis.jobs.worker import JobWorker
from clients.__main__ import job_files
from clients.imports.use_elsewhere import UseElsewhere
from clients.tables import JOBS
from standalone.jobs import import_file, watch

API = "/api/v1"
CSV = {"content-type": "text/csv"}
STORE = JobStore(JOBS)
_LONGEST_WAIT = 60.0


def lines(number):
    return "\n".join(["first_name,last_name,external_id", *(f"Given{n},Family,{n}" for n in range(number))])


async def finished(practice, job_id):
    async with asyncio.timeout(_LONGEST_WAIT):
        while not (found := (await practice.http.get(f"{API}/jobs/{job_id}")).json())["finished_at"]:
            await asyncio.sleep(0.05)
        return found


class Work:
    """A kind of job of two steps, which stands still between them; ordered by somebody and done by a worker that asks identity."""

    def __init__(self, gateway, orderer_id, workspace_id):
        self.runtime = gateway.environment.runtime("clients")
        self.orderer_id, self.workspace_id = UUID(str(orderer_id)), workspace_id
        self.kind = JobKind(f"test_{uuid7().hex}", self._run, needs="clients:import", resource=options_pb2.RESOURCE_CLIENT)
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def _run(self, job):
        while job.done < 2:
            async with job.step():
                job.done += 1
            self.reached.set()
            await self.go_on.wait()
        return {}

    async def order(self):
        keys = await self.runtime.keys.of(self.workspace_id)
        async with self.runtime.background(self.workspace_id, on_behalf_of=self.orderer_id) as work:
            return str((await order(STORE, work, keys, self.kind.name, {}, total=2))["id"])

    @asynccontextmanager
    async def half_done(self):
        runtime = self.runtime
        worker = JobWorker(
            "test", runtime.database, runtime.keys, STORE, [self.kind], runtime.background, runtime.check_standing, interval=0.05
        )
        task = asyncio.create_task(worker.run())
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                await self.reached.wait()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.mark.parametrize("loss", ["deactivated", "demoted", "key deleted"])
async def test_a_job_of_somebody_who_may_not_order_it_any_more_ends_before_its_next_step(gateway, practice, loss):
    workspace_id = practice.person.workspace_id
    if loss == "key deleted":
        made = (await practice.http.post(f"{API}/api-keys", json={"name": "Import", "scopes": ["clients:import"]})).json()
        orderer_id = made["id"]
    else:
        orderer_id = await gateway.add_user(workspace_id, "owner")
    work = Work(gateway, orderer_id, workspace_id)
    job_id = await work.order()
    async with work.half_done():
        match loss:
            case "deactivated":
                reply = await practice.http.post(f"{API}/users/{orderer_id}/deactivate")
            case "demoted":
                reply = await practice.http.put(f"{API}/users/{orderer_id}/role", json={"role": "therapist"})
            case "key deleted":
                reply = await practice.http.delete(f"{API}/api-keys/{orderer_id}")
        assert reply.status_code in {200, 204}, reply.text
        work.go_on.set()
        failed = await finished(practice, job_id)
    assert (failed["status"], failed["error"], failed["done"]) == ("failed", "job_not_permitted", 1)
    recorded = await gateway.environment.emitted(events_pb2.AuditRecorded, workspace_id)
    (line,) = [each for each in recorded if each.facts.get("job") == job_id]
    assert (line.resource, line.HasField("resource_id"), line.facts["error"]) == (options_pb2.RESOURCE_CLIENT, False, "job_not_permitted")


async def test_a_job_of_a_suspended_workspace_waits_until_it_is_active_again(gateway, practice, platform, monkeypatch):
    monkeypatch.setattr("chassis.jobs.rules.SECONDS_WHILE_SUSPENDED", 0.0)
    workspace_id = practice.person.workspace_id
    asked, ask = asyncio.Event(), gateway.environment.runtime("clients").check_standing
    work = Work(gateway, practice.person.user_id, workspace_id)

    async def notice(*who):
        try:
            await ask(*who)
        finally:
            if work.go_on.is_set():
                asked.set()

    monkeypatch.setitem(work.runtime.__dict__, "check_standing", notice)
    job_id = await work.order()
    async with work.half_done():
        assert (await platform.post(f"{API}/platform-admin/workspaces/{workspace_id}/suspend", json={"reason": "Unpaid"})).is_success
        work.go_on.set()
        async with asyncio.timeout(_LONGEST_WAIT):
            await asked.wait()
        async with gateway.environment.superuser() as connection:
            read = "SELECT status, done, failures FROM clients.jobs WHERE id = $1"
            assert tuple(await connection.fetchrow(read, job_id))[:2] == ("running", 1)
            await gateway.suspended_long_ago(workspace_id)
            assert (await platform.post(f"{API}/platform-admin/workspaces/{workspace_id}/reactivate", json={"reason": "Paid"})).is_success
            async with asyncio.timeout(_LONGEST_WAIT):
                while (await connection.fetchrow(read, job_id))["status"] != "done":
                    await asyncio.sleep(0.05)


async def test_long_jobs_of_two_practices_take_turns_and_each_is_done_once_and_whole(gateway, practice, elsewhere, monkeypatch):
    monkeypatch.setattr("chassis.jobs.running.SECONDS_OF_A_TURN", 0.0)
    monkeypatch.setattr("clients.exports.workflow._CLIENTS_IN_A_STEP", 1)
    clients = [await elsewhere.add_client() for _ in range(4)]
    ordered = []
    for name in ("First", "Second", "Third"):
        content = lines(1_001).replace("Family,", f"{name},{name}-")
        ordered.append((practice, (await practice.http.post(f"{API}/clients/import", content=content, headers=CSV)).json()["id"]))
    ordered.append((elsewhere, (await elsewhere.http.post(f"{API}/clients/export-all")).json()["id"]))
    *imported, exported = [await finished(whose, job_id) for whose, job_id in ordered]
    assert [(job["status"], job["result"]["created"], job["result"]["skipped"]) for job in imported] == [("done", 1_001, 0)] * 3
    archive = ZipFile(io.BytesIO((await elsewhere.http.get(exported["result_url"])).content))
    assert archive.testzip() is None
    assert archive.namelist() == [*(f"clients/{client['id']}.zip" for client in clients), "manifest.json"]
    async with gateway.environment.superuser() as connection:
        attempts = await connection.fetch("SELECT attempt FROM clients.jobs WHERE id = ANY($1)", [job_id for _, job_id in ordered])
    assert max(row["attempt"] for row in attempts) > 1, "none has given way"


@pytest.mark.parametrize("use", ["booked", "noted", "planned"])
async def test_nothing_is_added_for_a_client_whose_import_is_being_undone(gateway, practice, monkeypatch, use):
    """In the moment between the question whether clients are in use, and their erasure."""
    imported = (await practice.http.post(f"{API}/clients/import", content=lines(2), headers=CSV)).json()
    client_id = (await practice.http.get(f"{API}/clients?search=given1")).json()["items"][0]["id"]
    replies, close = [], UseElsewhere.close

    async def close_and_add(self, client_ids, work):
        used = await close(self, client_ids, work)
        match use:
            case "booked":
                replies.append(await practice.book(client_id))
            case "noted":
                body = {"client_id": client_id, "session_date": "2026-11-02T10:00:00Z", "subjective": "Slept badly."}
                replies.append(await practice.http.post(f"{API}/sessions", json=body))
            case "planned":
                replies.append(await practice.http.post(f"{API}/plans", json={"client_id": client_id, "title": "Walk"}))
        return used

    monkeypatch.setattr(UseElsewhere, "close", close_and_add)
    job = (await practice.http.post(f"{API}/clients/import/{imported['job_id']}/undo")).json()
    undone = await finished(practice, job["id"])
    assert (undone["status"], undone["result"]) == ("done", {"erased": 2, "kept": 0})
    assert {reply.status_code for reply in replies} == {404}


async def test_who_is_kept_can_be_booked_when_the_moment_is_over(gateway, practice, monkeypatch):
    """Of two clients one is booked, so the other was closed; what was to be undone is left as it was."""
    imported = (await practice.http.post(f"{API}/clients/import", content=lines(2), headers=CSV)).json()
    booked, other = (client["id"] for client in (await practice.http.get(f"{API}/clients")).json()["items"])
    close = UseElsewhere.close

    async def change_and_close(self, client_ids, work):
        await practice.booked(booked)
        used = await close(self, client_ids, work)
        # Changed while it is erased: it stays.
        assert (await practice.http.put(f"{API}/clients/{other}", json={"phone": "030 1"})).status_code == 200
        return used

    monkeypatch.setattr(UseElsewhere, "close", change_and_close)
    job = (await practice.http.post(f"{API}/clients/import/{imported['job_id']}/undo")).json()
    assert (await finished(practice, job["id"]))["result"] == {"erased": 0, "kept": 2}
    assert (await practice.book(other, hour=12)).status_code == 404
    async with gateway.environment.superuser() as connection:
        for table, column in (("scheduling.client_figures", "client_id"), ("clinical.clients", "id")):
            earlier = f"UPDATE {table} SET closed_until = closed_until - interval '3 minutes' WHERE {column} = $1"
            assert await connection.execute(earlier, other) == "UPDATE 1"
    await practice.booked(other, hour=12)
    await practice.write_note(other)


async def test_a_terminal_shows_the_progress_that_the_api_tells(practice, tmp_path):
    file = tmp_path / "clients.csv"
    file.write_text(lines(1_001))
    shown = Console(file=io.StringIO(), width=120, force_terminal=True)
    await import_file(practice.http, file, shown)
    text = shown.file.getvalue()
    assert "import_clients" in text
    assert "1001/1001" in text
    assert "created: 1001" in text
    assert "Family" not in text


async def test_a_terminal_tells_what_was_refused_and_what_was_not_done(practice, tmp_path):
    shown = Console(file=io.StringIO(), width=120)
    with pytest.raises(SystemExit, match="404 not_found"):
        await watch(practice.http, str(uuid7()), shown)
    file = tmp_path / "clients.json"
    file.write_text(json.dumps([{"first_name": "Ida", "last_name": "Berg"}]))
    await import_file(practice.http, file, shown, dry_run=True)
    assert "created: 1" in shown.file.getvalue()
    assert (await practice.http.get(f"{API}/clients")).json()["total"] == 0
    with pytest.raises(SystemExit, match="neither"):
        await import_file(practice.http, tmp_path / "clients.xls", shown)


async def test_a_terminal_tells_which_rows_and_columns_are_not_imported_and_how_to_undo_the_rest(practice, tmp_path):
    file = tmp_path / "clients.csv"
    file.write_text("first_name,last_name,email,colour\nIda,Berg,ida@example.org,red\nUwe,Kern,none,blue\n")

    async def told(**asked):
        shown = Console(file=io.StringIO(), width=40)
        await import_file(practice.http, file, shown, **asked)
        return shown.file.getvalue().splitlines()

    tried = await told(dry_run=True)
    assert tried == [
        "created: 1",
        "skipped: 0",
        "failed: 1",
        "row 2: /email must be an e-mail address",
        "ignored_columns: colour",
        "encoding: utf-8",
    ]
    *imported, undo = await told()
    assert imported == tried
    assert (await practice.http.post(undo.removeprefix("to undo it: POST "))).status_code == 202
    with pytest.raises(SystemExit, match=r"missing\.csv: No such file"):
        await import_file(practice.http, tmp_path / "missing.csv", Console(file=io.StringIO()))
    file.write_text("colour\nred\n")
    with pytest.raises(SystemExit, match="422 import_file_unsuitable: The file has no column for first_name and last_name"):
        await told()


async def test_a_terminal_says_so_where_no_gateway_answers():
    """As behind a proxy whose gateway is away, or at the address of something else."""

    class Elsewhere:
        async def get(self, _url):
            return httpx2.Response(502, text="<html>Bad Gateway</html>")

    with pytest.raises(SystemExit, match="502: this is no answer of Caseload's gateway"):
        await watch(Elsewhere(), str(uuid7()), Console(file=io.StringIO()))


async def test_a_file_that_a_job_has_made_is_downloaded_whole_or_from_where_it_was_cut_off(gateway, practice, check_problem):
    workspace_id, content = practice.person.workspace_id, bytes(range(256)) * 6_000
    work = Work(gateway, practice.person.user_id, workspace_id)
    files = work.runtime.once(job_files)

    async def write(job):
        writer = await files.writer(job, name="everything.zip", media_type="application/zip")
        await writer.write(content)
        await writer.flush()
        async with job.step() as step:
            await writer.finish(step)
        work.reached.set()
        return {}

    work.kind = JobKind(work.kind.name, write, needs="clients:import", resource=options_pb2.RESOURCE_CLIENT)
    job_id = await work.order()
    async with work.half_done():
        job = await finished(practice, job_id)
    url = job["result_url"]
    assert url == f"{API}/jobs/{job_id}/result"
    await watch(practice.http, str(job_id), shown := Console(file=io.StringIO(), width=40))
    assert f"file: {url}" in shown.file.getvalue().splitlines()

    whole = await practice.http.get(url)
    assert (whole.status_code, whole.content) == (200, content)
    told = ("content-type", "content-length", "content-disposition", "accept-ranges", "cache-control")
    assert [whole.headers[name] for name in told] == [
        "application/zip",
        str(len(content)),
        'attachment; filename="everything.zip"',
        "bytes",
        "private, no-store",
    ]
    rest = await practice.http.get(url, headers={"range": "bytes=1048570-1048585", "if-range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, content[1048570:1048586])
    assert rest.headers["content-range"] == f"bytes 1048570-1048585/{len(content)}"
    changed = await practice.http.get(url, headers={"range": "bytes=5-", "if-range": '"another"'})
    assert (changed.status_code, len(changed.content)) == (200, len(content))
    behind = await practice.http.get(url, headers={"range": f"bytes={len(content)}-"})
    check_problem(behind, 416, "range_not_satisfiable")
    assert behind.headers["content-range"] == f"bytes */{len(content)}"
    lines = [
        each
        for each in await gateway.environment.emitted(events_pb2.AuditRecorded, workspace_id)
        if each.action == options_pb2.ACTION_EXPORT and each.facts.get("job") == job_id
    ]
    assert len(lines) == 4
    assert {line.resource for line in lines} == {options_pb2.RESOURCE_WORKSPACE}

    async with gateway.colleague(practice.person, user_id=uuid7(), scopes=["clients:import"]) as other:
        assert (await other.get(url)).status_code == 404
    async with gateway.environment.superuser() as connection:
        await connection.execute("UPDATE clients.jobs SET file_expires_at = now() WHERE id = $1::text::uuid", job_id)
    expired = await practice.http.get(url)
    assert (expired.status_code, expired.json()["code"]) == (410, "job_file_expired")
    assert (await practice.http.get(f"{API}/jobs/{job_id}")).json()["result_url"] is None
