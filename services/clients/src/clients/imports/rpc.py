"""The ClientImports service: each method is one use case and one transaction."""

from caseload.clients.v1 import imports_pb2 as pb
from caseload.clients.v1.imports_rpc import ClientImportsServicer
from chassis.encryption.key_store import Keys
from chassis.jobs.ordering import order
from chassis.jobs.rpc import to_message
from chassis.jobs.store import JobStore
from chassis.storage.spool import Spool
from chassis.work.unit_of_work import UnitOfWork
from clients.imports import rules
from clients.imports.reading import ClientFile
from clients.imports.workflow import KIND, ClientImport, Outcome, count_rows, take_next


class ClientImports(ClientImportsServicer[UnitOfWork, Spool]):
    """The whole file is read before anything is written: one that cannot be read to its end is refused as a whole."""

    def __init__(self, keys: Keys, jobs: JobStore) -> None:
        self._keys = keys
        self._jobs = jobs

    async def ImportClients(self, request: pb.ImportClientsRequest, body: Spool, work: UnitOfWork) -> pb.ImportClientsReply:
        is_json = request.format == pb.IMPORT_FORMAT_JSON
        columns = dict(request.mapping)
        file = ClientFile(body, is_json=is_json, mapping=columns)
        keys = await self._keys.of(work.workspace_id)
        total = await count_rows(file)
        if total > rules.MOST_AT_ONCE:
            parameters = {"is_json": is_json, "dry_run": request.dry_run, "mapping": columns}
            return pb.ImportClientsReply(job=to_message(await order(self._jobs, work, keys, KIND, parameters, total=total, to_read=body)))
        importing = ClientImport(keys, Outcome(), dry_run=request.dry_run)
        created = await importing.take(await take_next(file.rows(), total), work)
        return pb.ImportClientsReply(
            **importing.outcome.as_json(), ignored_columns=file.ignored, encoding=file.encoding, client_ids=created
        )
