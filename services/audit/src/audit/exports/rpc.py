"""The AuditExports service: each method is one use case and one transaction."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from audit.exports import rules
from audit.exports.manifest import FORMAT, FORMAT_VERSION
from audit.exports.workflow import KIND
from audit.trail.filters import read_filters
from caseload.audit.v1 import exports_pb2 as pb
from caseload.audit.v1 import tree_heads_pb2
from caseload.audit.v1.exports_rpc import AuditExportsServicer
from caseload.jobs.v1 import jobs_pb2
from chassis.auth.signer import Signer
from chassis.db.transaction import Transaction
from chassis.encryption.key_store import Keys
from chassis.errors import Fault, Invalid
from chassis.jobs.ordering import order
from chassis.jobs.rpc import Jobs, visible
from chassis.jobs.rules import has_file
from chassis.jobs.store import JobStore
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork

# Where the gateway answers with an export's file.
_DOWNLOAD_PATH = "/api/v1/audit/exports/{}/file"


class AuditExports(AuditExportsServicer[UnitOfWork]):
    """`jobs` answers for all jobs of the service, of which exports are the only ones; `wake` has the worker look for jobs at once."""

    def __init__(self, keys: Keys, store: JobStore, jobs: Jobs, signer: Signer, wake: Callable[[], None]) -> None:
        self._keys = keys
        self._store = store
        self._jobs = jobs
        self._signer = signer
        self._wake = wake

    async def OrderAuditExport(self, request: pb.OrderAuditExportRequest, work: UnitOfWork) -> pb.AuditExport:
        if request.format == pb.EXPORT_FORMAT_UNSPECIFIED:
            raise Invalid("unknown_choice", "There is no such choice.", faults=[Fault("/format", "is not a choice")])
        filters = read_filters(request)
        rules.check_range(filters.get("start"), filters.get("end"))
        keys = await self._keys.of(work.workspace_id)
        row = await order(self._store, work, keys, KIND, _parameters(request, filters, work.now))
        work.note(format=enum_text(pb.ExportFormat, request.format))
        work.afterwards(self._look)
        return _to_message(row, work.now)

    async def GetAuditExport(self, request: pb.GetAuditExportRequest, work: UnitOfWork) -> pb.AuditExport:
        return _to_message(visible(await work.db.maybe(self._store.get, id=request.export_id), work), work.now)

    async def CancelAuditExport(self, request: pb.CancelAuditExportRequest, work: UnitOfWork) -> pb.AuditExport:
        await self._jobs.CancelJob(jobs_pb2.CancelJobRequest(job_id=request.export_id), work)
        return _to_message(await work.db.one(self._store.get, id=request.export_id), work.now)

    async def GetAuditExportManifest(self, request: pb.GetAuditExportManifestRequest, work: UnitOfWork) -> pb.AuditExportManifest:
        row = visible(await work.db.maybe(self._store.get, id=request.export_id), work)
        rules.check_whole(row["status"])
        told = json.loads(row["result"])
        keys = [tree_heads_pb2.PublicKey(key_id=key_id, public_key=key) for key_id, key in sorted(self._signer.public_keys().items())]
        return fill(pb.AuditExportManifest(format=FORMAT, format_version=FORMAT_VERSION, keys=keys), told)

    async def _look(self, _transaction: Transaction) -> None:
        self._wake()


def _parameters(request: pb.OrderAuditExportRequest, filters: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What was ordered, as JSON; what was not asked for is left out."""
    same = {name: filters[name] for name in ("user_id", "resource_type", "resource_id", "action", "outcome") if name in filters}
    times = {f"{name}_date": filters[name].isoformat() for name in ("start", "end") if name in filters}
    ordered = {"format": enum_text(pb.ExportFormat, request.format), "ordered_at": now.isoformat(), "phi_only": request.phi_only}
    return {**ordered, **same, **times}


def _to_message(row: Mapping[str, Any], now: datetime) -> pb.AuditExport:
    told = json.loads(row["result"]) if row["result"] else (json.loads(row["state"]).get("outcome") if row["state"] else None)
    is_whole = row["status"] == "done"
    export = fill(
        pb.AuditExport(),
        {
            "id": row["id"],
            "status": rules.STATUSES[row["status"]],
            "format": json.loads(row["parameters"])["format"],
            "row_count": None if told is None else told["rows"],
            "expires_at": row["file_expires_at"] if is_whole else None,
            "created_at": row["created_at"],
        },
    )
    if has_file(row["status"], row["file_expires_at"], now=now):
        export.download_url = _DOWNLOAD_PATH.format(export.id)
    return export
