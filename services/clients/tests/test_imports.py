"""Clients from a file, through the real service: created once, findable like any other, and told row by row where not."""

import asyncio

import pytest

from caseload.audit.v1 import events_pb2
from caseload.clients.v1 import imports_pb2 as pb
from caseload.clients.v1.imports_rpc import ClientImportsStub
from caseload.jobs.v1 import jobs_pb2
from caseload.jobs.v1.jobs_rpc import JobsStub
from chassis.encryption.key_store import Keys
from chassis.errors import Forbidden, Invalid
from chassis.testing.environment import pieces
from clients.imports.workflow import ClientImport

_LONGEST_WAIT = 60.0


async def send(practice, content, *, call=None, **options):
    request = pb.ImportClientsRequest(**{"format": pb.IMPORT_FORMAT_CSV, **options})
    stub = practice.environment.stub(ClientImportsStub)
    return await stub.ImportClients(request, pieces(content), call or practice.call.within(60))


async def finished(practice, job):
    jobs = JobsStub(practice.environment.peer("clients"))
    manager = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["workspace:write"])
    async with asyncio.timeout(_LONGEST_WAIT):
        while True:
            job = await jobs.GetJob(jobs_pb2.GetJobRequest(job_id=job.id), manager)
            if job.HasField("finished_at"):
                return job
            await asyncio.sleep(0.05)


def many(number, *, start=0):
    lines = [f"Given{n},Family{n % 97},{n},+49 30 {n:07d}" for n in range(start, start + number)]
    return "\n".join(["first_name,last_name,external_id,phone", *lines]).encode()


FILE = b"""first_name,last_name,external_id,email,date_of_birth,tags
Ada,Lovelace,1,ada@example.org,1815-12-10,
Grace,Hopper,2,grace@example.org,1906-12-09,navy; code
,Nobody,3,not an address,,
Alan,Turing,1,,,
Another,Hopper,2,,,
"""


async def test_a_short_file_is_imported_before_the_answer(practice):
    reply = await send(practice, FILE)
    assert (reply.created, reply.skipped, reply.failed, reply.encoding) == (2, 1, 2, "utf-8")
    assert [(error.row, error.pointer) for error in reply.errors] == [(1, "/date_of_birth"), (3, "/first_name"), (3, "/email")]
    assert await practice.names() == ["Grace Hopper", "Alan Turing"]


async def test_what_was_imported_is_found_like_any_other_client_and_may_be_sent_again(practice, other_practice):
    await practice.create(first_name="Alan", last_name="Turing")
    first = await send(practice, many(30))
    assert (first.created, first.failed) == (30, 0)
    again = await send(practice, many(31))
    assert (again.created, again.skipped) == (1, 30)
    assert await practice.names(search="given17") == ["Given17 Family17"]
    assert await practice.names(search="+49 30 0000005") == ["Given5 Family5"]
    client = await practice.get(first.client_ids[5])
    assert (client.first_name, client.external_id, client.is_active, client.version) == ("Given5", "5", True, 1)
    changed = await practice.update(client.id, first_name="Other")
    assert changed.full_name == "Other Family5"
    assert (await practice.page()).total == 32
    assert (await send(other_practice, many(30))).created == 30


async def test_a_dry_run_says_the_same_and_changes_nothing(practice):
    dry = await send(practice, FILE, dry_run=True)
    assert (dry.created, dry.skipped, dry.failed, len(dry.client_ids)) == (2, 1, 2, 0)
    assert (await practice.page()).total == 0


async def test_a_long_file_is_a_job(practice):
    reply = await send(practice, many(1_500) + b"\n,No given name,x,\n")
    assert (reply.job.kind, reply.job.total, reply.job.status) == ("import_clients", 1_501, jobs_pb2.JOB_STATUS_PENDING)
    job = await finished(practice, reply.job)
    assert (job.status, job.done) == (jobs_pb2.JOB_STATUS_DONE, 1_501)
    result = dict(job.result)
    assert (result["created"], result["skipped"], result["failed"]) == (1_500, 0, 1)
    assert [dict(error) for error in result["errors"]] == [{"row": 1501, "pointer": "/first_name", "detail": "must not be empty"}]
    assert (await practice.page()).total == 1_500
    assert (await practice.page(page=30, page_size=50)).total == 1_500
    assert await practice.names(search="given1499") == ["Given1499 Family44"]


async def test_a_job_that_waits_while_others_take_its_external_ids_skips_them(practice):
    """Rows of a long file whose numbers are given to other clients, and which come twice in the file itself, are left out."""
    await practice.create(external_id="700")
    reply = await send(practice, many(1_200) + b"\nTwice,In the file,5,\n")
    job = await finished(practice, reply.job)
    assert (dict(job.result)["created"], dict(job.result)["skipped"]) == (1_199, 2)


async def test_rows_that_were_made_ready_with_other_keys_than_their_step_has_are_made_ready_again(practice, monkeypatch):
    made_ready = []
    prepare, keys_of = ClientImport.prepare, Keys.of
    is_outdated = False

    async def of(keys, workspace_id):
        nonlocal is_outdated
        if is_outdated and workspace_id == practice.workspace_id:
            is_outdated = False
            keys.forget(workspace_id)
        return await keys_of(keys, workspace_id)

    async def before_the_keys_are_read_again(importing, rows, keys):
        nonlocal is_outdated
        made_ready.append([row.number for row in rows])
        batch = await prepare(importing, rows, keys)
        is_outdated |= made_ready.count(made_ready[-1]) == 1
        return batch

    monkeypatch.setattr(Keys, "of", of)
    monkeypatch.setattr(ClientImport, "prepare", before_the_keys_are_read_again)
    job = await finished(practice, (await send(practice, many(1_600))).job)
    assert (dict(job.result)["created"], job.done) == (1_600, 1_600)
    again = [numbers for numbers in made_ready if made_ready.count(numbers) > 1]
    assert [1, 2, 3] in [numbers[:3] for numbers in again]
    assert await practice.names(search="given1599") == ["Given1599 Family47"]


async def test_a_file_that_cannot_be_read_changes_nothing(practice):
    with pytest.raises(Invalid) as refused:
        await send(practice, many(20) + b'\n"open,quote,1,\n')
    assert refused.value.code == "import_file_unreadable"
    assert (await practice.page()).total == 0


async def test_only_who_may_imports(practice):
    desk = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["clients:read", "clients:write"])
    with pytest.raises(Forbidden):
        await send(practice, FILE, call=desk)


async def test_every_client_of_an_import_is_in_the_trail_with_who_asked(practice, clients_environment):
    reply = await send(practice, many(1_001))
    job = await finished(practice, reply.job)
    lines = await clients_environment.emitted(events_pb2.AuditRecorded, practice.workspace_id)
    *imported, end = (line for line in lines if line.event_type == "import_clients" and line.facts.get("job") == job.id)
    assert sum(len(line.resource_ids or [line.resource_id]) for line in imported) == 1_001
    assert sum(len(line.records) for line in imported) == 1_001
    assert (dict(end.facts), end.HasField("resource_id")) == ({"job": job.id, "status": "done", "done": "1001"}, False)
    assert {line.user_id for line in (*imported, end)} == {job.created_by}
