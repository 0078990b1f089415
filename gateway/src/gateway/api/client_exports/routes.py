"""Everything that is held on a client, as one archive to take along."""

from contextlib import ExitStack
from dataclasses import replace
from uuid import UUID

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from caseload.clients.v1 import exports_pb2
from caseload.clinical.v1 import sessions_pb2
from chassis.client_archive.contents import NEEDED, ClientContents
from chassis.client_archive.record import read_record
from chassis.errors import Forbidden
from chassis.storage.archive import zipped
from gateway.api.client_attachments.archive_response import ARCHIVE, ArchiveResponse
from gateway.api.jobs.schemas import Job
from gateway.api.responses import json_response
from gateway.auth.cookies import read_cookies
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render
from gateway.routing.nouns import noun_router

router = noun_router("/clients", "clients")


@router.post("/export-all", response_model=Job, status_code=202)
async def export_all_clients(request: SignedInRequest) -> Response:
    """Orders an archive with the archive of every client in it (docs/client-export.md), as a job whose `result_url` is there for a week.

    It is read as by whoever orders it: clients whose record they may not open are named and left out. The one that is under way is answered again.
    """
    job = await request.stubs.client_exports.ExportAllClients(exports_pb2.ExportAllClientsRequest(), request.context)
    return json_response(render(job), 202, {"location": f"/api/v1/jobs/{job.id}"})


@router.get("/{client_id}/export", response_class=StreamingResponse, openapi_extra=ARCHIVE)
async def export_client(client_id: UUID, http: Request, request: SignedInRequest) -> Response:
    """Record, consents, appointments, notes with all that was signed, plans and files as a ZIP archive (docs/client-export.md).

    An archive without `manifest.json` was cut off. It is read with the caller's access token, and ends with it.
    """
    # Before anything is sent.
    if not all(map(request.has_scope, NEEDED)):
        raise Forbidden("permission_denied", "Your role does not allow this.")
    with ExitStack() as admitted:
        admitted.enter_context(http.app.state.archives.admit(request.caller))
        if request.by_cookie:
            # So that it lasts as long as one can: nobody can renew it while the archive is on its way.
            authenticator = http.app.state.authenticator
            request.context = replace(request.context, token=await authenticator.renewed_token(request, read_cookies(request)))
        keys = await request.stubs.sessions.ListSigningKeys(sessions_pb2.ListSigningKeysRequest(), request.context)
        client = await read_record(request.stubs, request.context, str(client_id))
        # What follows lasts as long as its reader takes, and each call has the time of its own.
        context = replace(request.context, deadline=None)
        contents = ClientContents(request.stubs, context, request.caller.user_id, client, list(map(render, keys.items)))
        return ArchiveResponse(zipped(contents.entries()), f"client-{client_id}.zip", admitted.pop_all())
