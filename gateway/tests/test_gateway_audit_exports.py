"""The trail as a file: whole, resumed where it was interrupted, verified by a stranger who finds whatever was changed in it, and gone in time."""

import asyncio
import csv
import io
import json
import random
import shutil
import subprocess
import venv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from uuid_utils.compat import uuid7

from audit.__main__ import SERVICE, sweeper
from audit.exports import workflow
from caseload.audit.v1 import events_pb2
from caseload.options.v1 import options_pb2
from caseload_verify.__main__ import main as verify
from chassis.errors import Unavailable
from chassis.protobuf.timestamps import to_timestamp

API = "/api/v1"
EXPORTS = f"{API}/audit/exports"
# Long before anything that the test itself does is on record.
THEN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=40)
USER = str(uuid7())
VERIFIER = Path(__file__).parents[2] / "libs" / "verify"
EVIL = '=HYPERLINK("http://evil.example";"x")'


def recorded(workspace_id, number, **but):
    fields = {
        "id": str(uuid7()), "workspace_id": str(workspace_id), "user_id": USER if number % 10 == 0 else str(uuid4()), "event_type": "get_client",
        "resource": options_pb2.RESOURCE_CLIENT, "action": options_pb2.ACTION_READ, "resource_id": str(uuid4()),
        "outcome": events_pb2.OUTCOME_SUCCESS, "ip_address": "192.0.2.7", "user_agent": EVIL if number % 10 == 0 else "curl/8",
        "request_id": f"r-{number}", "occurred_at": to_timestamp(THEN + timedelta(seconds=number)),
    } | but  # fmt: skip
    return events_pb2.AuditRecorded(**fields)


async def record(gateway, workspace_id, numbers):
    """Records events of that day, and waits until they are in the chain."""
    for first in numbers[::100]:
        async with gateway.environment.runtime("audit").background(workspace_id) as work:
            for number in range(first, min(first + 100, numbers.stop)):
                work.emit(recorded(workspace_id, number))
        # The relay is not given more at a time than it has published within seconds on any machine.
        await gateway.environment.settle(60.0)
    async with gateway.environment.superuser() as connection:
        while await connection.fetchval("SELECT count(*) FROM audit.unsealed WHERE workspace_id = $1", workspace_id):
            await asyncio.sleep(0.05)


async def ordered(http, **body):
    reply = await http.post(EXPORTS, json=body)
    assert reply.status_code == 202, reply.text
    export = reply.json()
    assert (export["status"], export["row_count"], export["download_url"], export["expires_at"]) == ("pending", None, None, None)
    assert reply.headers["location"] == f"{EXPORTS}/{export['id']}"
    return export["id"]


async def finished(http, export_id, status="ready"):
    async with asyncio.timeout(60.0):
        while (export := (await http.get(f"{EXPORTS}/{export_id}")).json())["status"] in {"pending", "running"}:
            await asyncio.sleep(0.05)
    assert export["status"] == status, export
    return export


async def exported(http, folder, **body):
    """Orders an export and downloads it. Returns what the API says of it, and the paths of the file and of its manifest."""
    export = await finished(http, await ordered(http, **body))
    reply, manifest = await http.get(export["download_url"]), await http.get(f"{EXPORTS}/{export['id']}/manifest")
    assert (reply.status_code, manifest.status_code) == (200, 200), reply.text
    assert reply.headers["content-disposition"] == f'attachment; filename="caseload-audit-{export["id"]}.{body["format"]}"'
    file, beside = folder / f"{export['id']}.{body['format']}", folder / f"{export['id']}.manifest.json"
    file.write_bytes(reply.content)
    beside.write_bytes(manifest.content)
    return export, file, beside


def said(capsys, *files):
    """What the verifier says of the files, and with what it ends."""
    status = verify([str(file) for file in files])
    return status, capsys.readouterr().out


async def test_a_trail_is_exported_in_steps_and_whatever_is_changed_in_the_file_is_found(
    gateway, practice, elsewhere, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(workflow, "_ROWS_IN_A_STEP", 300)
    monkeypatch.setattr(workflow, "_ENTRIES_AT_ONCE", 200)
    monkeypatch.setattr("chassis.jobs.rules.SECONDS_WHILE_AWAY", 0.0)
    monkeypatch.setattr("chassis.jobs.rules.pause_after", lambda _failures: 0.0)
    workspace_id = practice.person.workspace_id
    await record(gateway, elsewhere.person.workspace_id, range(10))
    await record(gateway, workspace_id, range(900))

    keep, failing = workflow.Export._keep, [Unavailable("store_away"), ValueError("half of an export is written")]

    async def fail_half_way(self, state, part):
        if failing and state["rows"] > 450:
            raise failing.pop()
        await keep(self, state, part)

    monkeypatch.setattr(workflow.Export, "_keep", fail_half_way)
    until = (THEN + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    export, file, manifest = await exported(practice.http, tmp_path, format="jsonl", end_date=until)
    assert failing == []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert (export["row_count"], len(lines), {line["workspace_id"] for line in lines}) == (900, 900, {str(workspace_id)})
    for line in (lines[0], lines[777], lines[-1]):
        alone = (await practice.http.get(f"{API}/audit-events/{line['id']}")).json()
        assert {name: line[name] for name in alone} == alone
    signed = json.loads(manifest.read_text())["manifest"]
    assert (signed["row_count"], signed["chain"]["is_contiguous"], len(signed["parts"])) == (900, True, 3), signed
    assert (signed["filters"]["end_date"], signed["exported_by"]) == (until.replace("Z", "+00:00"), str(practice.person.user_id))
    assert said(capsys, file, manifest)[0] == said(capsys, file)[0] == 0

    # Every kind of change, found with the manifest, and all but a cut end without it, too. `number` is a sequence number.
    text, chance = file.read_text().splitlines(keepends=True), random.Random(20261122)
    number = chance.randrange(2, 800)
    first = lines[0]["sequence"] - 1
    other = json.loads(text[number])
    for told, alone, changed in (
        (
            f"event {first + number + 1}: was changed",
            1,
            [*text[:number], json.dumps({**other, "action": "PRINT"}) + "\n", *text[number + 1 :]],
        ),
        (f"event {first + number + 1}: missing", 1, [*text[:number], *text[number + 1 :]]),
        (f"event {first + number + 1}: is there twice, or out of order", 1, [*text[: number + 1], *text[number:]]),
        (f"event {first + number + 1}: missing", 1, [*text[:number], text[number + 1], text[number], *text[number + 2 :]]),
        ("something is missing", 0, text[:-1]),
        ("something was added", 1, [*text, text[0]]),
    ):
        wrong = tmp_path / "wrong.jsonl"
        wrong.write_text("".join(changed))
        status, out = said(capsys, wrong, manifest)
        assert (status, told in out) == (1, True), (told, out)
        assert said(capsys, wrong)[0] == alone, told
    # What is removed from the trail itself is missed as well, and told by the export.
    async with gateway.environment.superuser() as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            "DELETE FROM audit.audit_events WHERE workspace_id = $1 AND id = $2::text::uuid", workspace_id, lines[7]["id"]
        )
    _, *lacking = await exported(practice.http, tmp_path, format="jsonl", filters={"user_id": USER}, end_date=until)
    assert (gone := f"event {lines[7]['sequence']}: was missing in the trail itself") in said(capsys, *lacking)[1], gone
    # A manifest that says something else is none of ours.
    wrong = tmp_path / "wrong.json"
    wrong.write_text(manifest.read_text().replace('"row_count":900', '"row_count":899'))
    assert wrong.read_text() != manifest.read_text()
    status, out = said(capsys, file, wrong)
    assert (status, "signature that does not hold" in out) == (1, True), out


async def test_an_export_has_what_the_list_with_its_filters_has_and_nothing_that_a_spreadsheet_runs(gateway, practice, tmp_path, capsys):
    await record(gateway, practice.person.workspace_id, range(60))
    from_on, until = [(THEN + timedelta(seconds=second)).isoformat().replace("+00:00", "Z") for second in (5, 45)]
    one = (await practice.http.get(f"{API}/audit-events", params={"user_id": USER, "end_date": until})).json()["items"][0]
    for filters, number in (
        ({"user_id": USER}, 4),
        ({"resource_id": one["resource_id"]}, 1),
        ({"resource_type": "Client", "action": "READ", "outcome": "success", "phi_only": True}, 40),
        ({"action": "PRINT"}, 0),
    ):
        asked = {"start_date": from_on, "end_date": until}
        listed = (await practice.http.get(f"{API}/audit-events", params={**asked, **filters, "page_size": 100})).json()
        for kind in ("csv", "jsonl"):
            export, file, manifest = await exported(practice.http, tmp_path, format=kind, filters=filters, **asked)
            if kind == "csv":
                rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))
            else:
                rows = [json.loads(line) for line in file.read_text().splitlines()]
            assert len(rows) == listed["total"] == export["row_count"] == number, filters
            assert [row["id"] for row in rows] == [event["id"] for event in sorted(listed["items"], key=lambda event: event["sequence"])]
            if rows or kind == "csv":
                assert said(capsys, file, manifest)[0] == 0
            if kind == "csv":
                assert {row["user_agent"] for row in rows} <= {"curl/8", f"'{EVIL}"}
        if number > 1:
            # Of some events of the chain: one that is left out is missed all the same.
            whole = file.read_text().splitlines(keepends=True)
            file.write_text("".join([*whole[:1], *whole[2:]]))
            assert said(capsys, file, manifest)[0] == 1

    lines = await gateway.environment.emitted(events_pb2.AuditRecorded, practice.person.workspace_id)
    took = {(line.event_type, line.resource, line.action) for line in lines if line.action == options_pb2.ACTION_EXPORT}
    assert took == {
        ("order_audit_export", options_pb2.RESOURCE_AUDIT, options_pb2.ACTION_EXPORT),
        ("open_job_result", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_EXPORT),
    }


async def test_an_export_is_for_those_who_may_order_one_and_wrong_orders_are_refused(gateway, practice, elsewhere, check_problem):
    export = await finished(practice.http, await ordered(practice.http, format="jsonl"))
    path = f"{EXPORTS}/{export['id']}"
    places = [("GET", path), ("POST", f"{path}/cancel"), ("GET", f"{path}/manifest"), ("GET", f"{path}/file")]
    for method, place in places:
        check_problem(await elsewhere.http.request(method, place), 404, "not_found")
    async with gateway.colleague(practice.person, user_id=uuid7(), scopes=["audit:export"]) as other:
        for method, place in places:
            check_problem(await other.request(method, place), 404, "not_found")
    async with gateway.colleague(practice.person, scopes=["audit:read", "workspace:write"]) as auditor:
        check_problem(await auditor.post(EXPORTS, json={"format": "csv"}), 403, "permission_denied")
        for method, place in places:
            check_problem(await auditor.request(method, place), 403, "permission_denied")
    async with gateway.colleague(practice.person, user_id=await gateway.add_user(practice.person.workspace_id, "owner")) as owner:
        assert (await owner.get(path)).json() == export
        assert (await owner.get(export["download_url"])).status_code == 200
    check_problem(await practice.http.post(f"{path}/cancel"), 409, "job_over")
    # One who may not do it any more when it is done: there is no such user.
    async with gateway.colleague(practice.person, user_id=uuid7()) as nobody:
        await finished(nobody, await ordered(nobody, format="jsonl"), "failed")

    for body in (
        {}, {"format": "xml"}, {"format": None}, {"format": "csv", "start_date": "yesterday"}, {"format": "csv", "filters": []},
        {"format": "csv", "filters": {"action": "LOOK"}}, {"format": "csv", "filters": {"user_id": "me"}},
    ):  # fmt: skip
        assert (await practice.http.post(EXPORTS, json=body)).status_code == 422, body
    backwards = {"format": "csv", "start_date": "2026-03-02T12:00:00Z", "end_date": "2026-03-02T12:00:00Z"}
    check_problem(await practice.http.post(EXPORTS, json=backwards), 422, "export_range_invalid")
    day = await ordered(practice.http, format="csv", start_date="2026-03-02", end_date="2026-03-02", filters=None)
    assert (await finished(practice.http, day))["row_count"] == 0


async def test_an_export_is_cancelled_expires_and_goes_with_its_workspace(gateway, practice, check_problem, monkeypatch):
    runtime, workspace_id = gateway.environment.runtime("audit"), practice.person.workspace_id
    stored = Path(urlsplit(runtime.settings.job_files_url).path) / str(workspace_id)
    await practice.add_client()
    kept = await finished(practice.http, await ordered(practice.http, format="csv"))
    assert len(list(stored.iterdir())) == 2  # its head, and its rows

    step, reached, go_on = workflow.Export._step, asyncio.Event(), asyncio.Event()

    async def stop(self):
        await step(self)
        reached.set()
        await go_on.wait()

    monkeypatch.setattr(workflow.Export, "_step", stop)
    monkeypatch.setattr(workflow, "_ENTRIES_AT_ONCE", 1)
    monkeypatch.setattr(workflow, "_ROWS_IN_A_STEP", 1)
    path = f"{EXPORTS}/{await ordered(practice.http, format='csv')}"
    async with asyncio.timeout(30.0):
        await reached.wait()
    running = (await practice.http.get(path)).json()
    assert (running["status"], running["row_count"], running["download_url"]) == ("running", 1, None)
    check_problem(await practice.http.get(f"{path}/manifest"), 409, "export_not_ready")
    check_problem(await practice.http.get(f"{path}/file"), 409, "job_without_file")
    assert (await practice.http.post(f"{path}/cancel")).json()["status"] == "running"
    go_on.set()
    cancelled = await finished(practice.http, path.rpartition("/")[2], "failed")
    assert (cancelled["download_url"], cancelled["expires_at"]) == (None, None)
    assert await runtime.once(sweeper).remove_expired() >= 1
    # What was stored for the step that was cancelled is no part of any file.
    assert await runtime.once(sweeper).remove_orphans(datetime.now(UTC) + timedelta(days=2)) == 1
    assert len(list(stored.iterdir())) == 2

    async with gateway.environment.superuser() as connection:
        await connection.execute("UPDATE audit.jobs SET file_expires_at = now() WHERE id = $1::text::uuid", kept["id"])
    check_problem(await practice.http.get(kept["download_url"]), 410, "job_file_expired")
    over = (await practice.http.get(f"{EXPORTS}/{kept['id']}")).json()
    assert (over["status"], over["download_url"], over["row_count"]) == ("ready", None, kept["row_count"])
    await runtime.once(sweeper).remove_expired()
    assert list(stored.iterdir()) == []
    assert (await practice.http.get(f"{EXPORTS}/{kept['id']}/manifest")).status_code == 200

    monkeypatch.setattr(workflow.Export, "_step", step)
    await finished(practice.http, await ordered(practice.http, format="csv"))
    assert await SERVICE.erasure.files(runtime, workspace_id) > 0
    assert list(stored.iterdir()) == []


def _installed_alone(folder):
    """The Python of an environment that has the verifier, what that depends on, and nothing of the suite."""
    # Built from a copy: setup leaves nothing in the tree.
    shutil.copytree(VERIFIER, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "tests"))
    venv.create(folder / "environment", with_pip=True)
    python = folder / "environment" / "bin" / "python"
    _ran(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(folder / "source"), cwd=folder).check_returncode()
    return python


def _ran(python, *arguments, cwd):
    return subprocess.run([python, "-I", *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=240)


async def test_a_stranger_who_has_the_verifier_alone_checks_an_export(gateway, practice, tmp_path):
    installing = asyncio.create_task(asyncio.to_thread(_installed_alone, tmp_path))
    await record(gateway, practice.person.workspace_id, range(30))
    until = (THEN + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    _, file, manifest = await exported(practice.http, tmp_path, format="jsonl", end_date=until)
    python = await installing

    def said_alone(*files):
        ran = _ran(python, "-m", "caseload_verify", *map(str, files), cwd=tmp_path)
        return ran.returncode, ran.stdout + ran.stderr

    for package in ("audit", "chassis", "caseload", "google.protobuf", "asyncpg"):
        assert "ModuleNotFoundError" in _ran(python, "-c", f"import {package}", cwd=tmp_path).stderr
    status, told = said_alone(file, manifest)
    assert (status, "30" in told) == (0, True), told

    lines = file.read_text().splitlines(keepends=True)
    changed = json.loads(lines[7]) | {"outcome": "failure"}
    file.write_text("".join([*lines[:7], json.dumps(changed) + "\n", *lines[8:]]))
    status, told = said_alone(file, manifest)
    assert (status, f"event {changed['sequence']}: was changed" in told) == (1, True), told
