"""The audit trail as a file: JSON lines that anybody can verify, or cells for a spreadsheet."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from caseload.audit.v1 import exports_pb2 as pb
from gateway.api.audit_exports import schemas
from gateway.api.jobs.result_response import result_response
from gateway.api.responses import json_response
from gateway.api.time_range import time_range
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/audit/exports", "audit")

_FILE: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The events, a line each.",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/jsonl", "text/csv")},
        }
    }
}


@router.post("", response_model=schemas.AuditExport, status_code=202)
async def order_audit_export(body: schemas.AuditExportCreate, request: SignedInRequest) -> Response:
    """Orders a file of the events of a time that match the filters, in the order of the chain. start_date and end_date are as of `GET /audit-events`; without them it is all there is.

    `GET /audit/exports/{export_id}` tells how far it is. The file is there for a week. docs/audit-verification.md says how a stranger verifies it.
    """
    dates = await time_range(request, body.start_date, body.end_date)
    filters = body.filters or schemas.AuditExportFilters()
    message = to_proto(filters, pb.OrderAuditExportRequest, format=body.format, **dates)
    export = await request.stubs.audit_exports.OrderAuditExport(message, request.context)
    return json_response(render(export), 202, {"location": f"/api/v1/audit/exports/{export.id}"})


@router.get("/{export_id}", response_model=schemas.AuditExport)
async def get_audit_export(export_id: UUID, request: SignedInRequest) -> Response:
    """The caller's own; those of everybody in the workspace for owners and administrators."""
    asked = pb.GetAuditExportRequest(export_id=str(export_id))
    return json_response(render(await request.stubs.audit_exports.GetAuditExport(asked, request.context)))


@router.post("/{export_id}/cancel", response_model=schemas.AuditExport)
async def cancel_audit_export(export_id: UUID, request: SignedInRequest) -> Response:
    """One that waits has failed at once, one that runs a moment later; what it has written is deleted."""
    asked = pb.CancelAuditExportRequest(export_id=str(export_id))
    return json_response(render(await request.stubs.audit_exports.CancelAuditExport(asked, request.context)))


@router.get("/{export_id}/manifest", response_model=schemas.AuditExportManifest, responses={409: {}})
async def get_audit_export_manifest(export_id: UUID, request: SignedInRequest) -> Response:
    """Counts, hashes and filters of the file and its place in the chain, signed. It is kept for longer than the file. 409 `export_not_ready` until that is whole."""
    asked = pb.GetAuditExportManifestRequest(export_id=str(export_id))
    return json_response(render(await request.stubs.audit_exports.GetAuditExportManifest(asked, request.context)))


@router.get("/{export_id}/file", response_class=StreamingResponse, responses={206: {}, 409: {}, 410: {}}, openapi_extra=_FILE)
async def get_audit_export_file(export_id: UUID, http: Request, request: SignedInRequest) -> Response:
    """The file, for whoever may see the export and may order one. A `Range` of it is 206; 410 `job_file_expired` after some days."""
    # Refuses, on record, whoever may order none. What answers for the files of jobs asks for that later, of whoever may see the job.
    await request.stubs.audit_exports.GetAuditExport(pb.GetAuditExportRequest(export_id=str(export_id)), request.context)
    return await result_response(request.stubs.audit_jobs, str(export_id), http, request)
