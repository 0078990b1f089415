"""Brings clients along from another system."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from caseload.clients.v1 import imports_pb2 as pb
from chassis.errors import Fault, Invalid, Unavailable
from gateway.api.client_imports import schemas
from gateway.api.jobs.schemas import Job
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render
from gateway.routing.nouns import noun_router

router = noun_router("/clients/import", "clients")

_FORMATS = {"text/csv": pb.IMPORT_FORMAT_CSV, "application/json": pb.IMPORT_FORMAT_JSON}
_OBJECTS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}
_FILE = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}, "application/json": {"schema": _OBJECTS}}}
}
_AS_A_JOB: dict[int | str, dict[str, Any]] = {202: {"model": Job, "description": "More than 1,000 clients: the job that imports them."}}


@router.post("", response_model=schemas.ImportedClients, responses=_AS_A_JOB, openapi_extra=_FILE)
async def import_clients(query: Annotated[schemas.ImportQuery, Query()], http: Request, request: SignedInRequest) -> Response:
    """A CSV file with a line of column names, as spreadsheets write it, or a JSON array of objects.

    Columns are found by the names of the fields, in English, German, French, Spanish and Hebrew, or by `mapping`. A row that cannot be imported is told and keeps no other from
    being imported. One whose `external_id` is in use is left out, so a file can be sent again. More than 1,000 clients are a job.
    """
    settings = http.app.state.settings
    columns = _mapping(query.mapping)
    message = pb.ImportClientsRequest(format=_format(http), dry_run=query.dry_run, mapping=columns, encoding=query.encoding or "")
    with http.app.state.uploads.admit(request.caller):
        context = request.context.within(settings.upload_seconds + settings.call_seconds)
        reply = await request.stubs.client_imports.ImportClients(message, _content(http), context)
    if reply.HasField("job"):
        return json_response(render(reply.job), 202, {"location": f"/api/v1/jobs/{reply.job.id}"})
    told = render(reply)
    return json_response({name: told[name] for name in schemas.ImportedClients.model_fields})


@router.post("/{job_id}/undo", response_model=Job, status_code=202)
async def undo_import(job_id: UUID, request: SignedInRequest) -> Response:
    """Erases the clients that an import has created, as a job. It fails with `import_in_use`, and erases nothing, when one of them was changed or has an appointment, a note, a plan or a file."""
    reply = await request.stubs.client_imports.UndoImport(pb.UndoImportRequest(job_id=str(job_id)), request.context)
    return json_response(render(reply), 202, {"location": f"/api/v1/jobs/{reply.id}"})


async def _content(http: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in http.stream():
            yield piece
    except ClientDisconnect:
        raise Unavailable("request_incomplete", "The request ended before all of it had arrived; try again.") from None


def _format(http: Request) -> pb.ImportFormat:
    media_type = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _FORMATS:
        raise _unfit("/", "Should be text/csv or application/json, as its Content-Type says")
    return _FORMATS[media_type]


def _mapping(text: str | None) -> dict[str, str]:
    try:
        mapping = json.loads(text or "{}")
        # An escape may be half a character, which no message can carry.
        json.dumps(mapping, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict) or not all(isinstance(field, str) for field in mapping.values()):
        raise _unfit("/mapping", "Should be a JSON object of texts")
    return mapping


def _unfit(pointer: str, detail: str) -> Invalid:
    return Invalid("validation_failed", "The request does not fit; `errors` says where.", faults=[Fault(pointer, detail)])
