"""Merges clients who are one person, and undoes it."""

from uuid import UUID

from starlette.responses import Response

from caseload.clients.v1 import merges_pb2 as pb
from gateway.api.client_merges import schemas
from gateway.api.clients.routes import with_counters
from gateway.api.clients.schemas import Client
from gateway.api.jobs.schemas import Job
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/clients", "clients")


@router.post("/{client_id}/merge/undo", response_model=Job, status_code=202)
async def undo_merge(client_id: UUID, request: SignedInRequest) -> Response:
    """Undoes the last merge into this client, or this client's own, for 30 days. What was moved goes back, what came since stays; the job's `result` names what was `changed` meanwhile, what was `kept`, and which `fields`."""
    reply = await request.stubs.client_merges.UndoMerge(pb.UndoMergeRequest(client_id=str(client_id)), request.context)
    return json_response(render(reply), 202, {"location": f"/api/v1/jobs/{reply.id}"})


@router.post("/{client_id}/merge", response_model=Client)
async def merge_client(client_id: UUID, body: schemas.ClientMerge, request: SignedInRequest) -> Response:
    """Merges the duplicate into this client. Appointments, notes, files, plans and reminders follow within moments, as the job that `Location` names.

    The client keeps its own details, and what it lacks is filled from the duplicate's, whose medical_history and notes are put below its own. The duplicate is 410 `client_merged` from then on, with `merged_into`.
    """
    message = to_proto(body, pb.MergeClientsRequest, client_id=client_id)
    merged = await request.stubs.client_merges.MergeClients(message, request.context)
    return await with_counters(request, merged.client, {"location": f"/api/v1/jobs/{merged.job_id}"})
