"""The ClientImports service: each method is one use case and one transaction."""

from uuid_utils.compat import uuid7

from caseload.clients.v1 import imports_pb2 as pb
from caseload.clients.v1.imports_rpc import ClientImportsServicer
from caseload.jobs.v1 import jobs_pb2
from chassis.encryption.key_store import Keys
from chassis.jobs.ordering import order, order_once, read_parameters, record_done
from chassis.jobs.rpc import to_message, visible
from chassis.jobs.store import JobStore
from chassis.storage.spool import Spool
from chassis.work.unit_of_work import UnitOfWork
from clients.clients.rules import check_no_clinical, may_see_clinical
from clients.imports import rules, store
from clients.imports.workflow import KIND, UNDO_KIND, ClientImport, Outcome, look_through, open_file, take_next


class ClientImports(ClientImportsServicer[UnitOfWork, Spool]):
    """The whole file is read before anything is written: one that cannot be read to its end is refused as a whole."""

    def __init__(self, keys: Keys, jobs: JobStore) -> None:
        self._keys = keys
        self._jobs = jobs

    async def ImportClients(self, request: pb.ImportClientsRequest, body: Spool, work: UnitOfWork) -> pb.ImportClientsReply:
        columns, is_json = dict(request.mapping), request.format == pb.IMPORT_FORMAT_JSON
        file = await open_file(body, is_json=is_json, mapping=columns, encoding=request.encoding)
        # As it was read now: whoever goes on reads it in the same way.
        parameters = {"is_json": is_json, "dry_run": request.dry_run, "mapping": columns, "encoding": file.encoding}
        keys = await self._keys.of(work.workspace_id)
        total, clinical = await look_through(file)
        if not may_see_clinical(work.caller.scopes):
            check_no_clinical(clinical)
        if total > rules.MOST_AT_ONCE:
            ordered = await order(self._jobs, work, keys, KIND, parameters, total=total, to_read=body)
            return pb.ImportClientsReply(job=to_message(ordered, work.now))
        job_id = uuid7()
        importing = ClientImport(Outcome(), job_id=job_id, dry_run=request.dry_run)
        created = await importing.take(await importing.prepare(await take_next(file.rows(), total), keys), work)
        outcome = importing.outcome.as_json()
        reply = pb.ImportClientsReply(**outcome, ignored_columns=file.ignored, encoding=file.encoding, client_ids=created)
        if not request.dry_run:
            await record_done(self._jobs, work, keys, KIND, parameters, job_id=job_id, total=total, result=outcome)
            reply.job_id = str(job_id)
        return reply

    async def UndoImport(self, request: pb.UndoImportRequest, work: UnitOfWork) -> jobs_pb2.Job:
        keys = await self._keys.of(work.workspace_id)
        job = visible(await work.db.maybe(self._jobs.lock, id=request.job_id), work)
        dry_run = read_parameters(job, keys).get("dry_run", False)
        work.note(job=str(job["id"]))
        rules.check_can_be_undone(job["kind"], job["status"], dry_run=dry_run)
        total = (await work.db.one(store.count_imported, job_id=job["id"]))["number"]
        return to_message(await order_once(self._jobs, work, keys, UNDO_KIND, {"import": str(job["id"])}, total=total), work.now)
