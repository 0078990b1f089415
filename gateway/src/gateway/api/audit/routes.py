"""The audit trail and its verification."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.audit.v1 import trail_pb2 as pb
from caseload.audit.v1 import tree_heads_pb2
from caseload.clients.v1 import clients_pb2
from gateway.api.audit import schemas
from gateway.api.fields import PageQuery
from gateway.api.responses import json_response, page_response
from gateway.api.time_range import time_range
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("", "audit")


@router.get("/audit-events", response_model=schemas.AuditEventPage)
async def list_audit_events(query: Annotated[schemas.AuditEventQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first. start_date and end_date are moments (the end exclusive) or whole days in the workspace's time zone."""
    dates = await time_range(request, query.start_date, query.end_date)
    return page_response(
        await request.stubs.trail.ListAuditEvents(to_proto(query, pb.ListAuditEventsRequest, **dates), request.context), query
    )


@router.get("/audit-events/{audit_event_id}", response_model=schemas.AuditEvent)
async def get_audit_event(audit_event_id: UUID, request: SignedInRequest) -> Response:
    return json_response(
        await request.stubs.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=str(audit_event_id)), request.context)
    )


@router.get("/clients/{client_id}/access-report", response_model=schemas.AuditEventPage)
async def report_access(client_id: UUID, query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """Who opened the client's record or anything of it, and who was refused, newest first; `break_glass_id` in metadata is of those who broke the glass.

    What was opened of a record that was merged into this one since is in it, under the id of that time.
    """
    message = to_proto(query, pb.ReportAccessRequest, client_id=client_id)
    # Whoever may not ask the trail is not told whether there is such a client: the trail refuses them, which is on record.
    if request.has_scope("audit:read"):
        # Raises NotFound for an unknown client; the trail would reply with an empty list.
        asked = clients_pb2.ListMergedClientsRequest(client_id=str(client_id))
        message.merged_ids.extend((await request.stubs.clients.ListMergedClients(asked, request.context)).client_ids)
    return page_response(await request.stubs.trail.ReportAccess(message, request.context), query)


@router.get("/audit/verify", response_model=schemas.Verification)
async def verify_trail(request: SignedInRequest) -> Response:
    return json_response(await request.stubs.trail.VerifyTrail(pb.VerifyTrailRequest(), request.context))


@router.get("/audit/checkpoints", response_model=schemas.CheckpointPage)
async def list_checkpoints(query: Annotated[schemas.CheckpointQuery, Query()], request: SignedInRequest) -> Response:
    """Signed tree heads over the trails of all workspaces, newest first, about one a minute. docs/audit-verification.md says how to verify one."""
    message = to_proto(query, tree_heads_pb2.ListCheckpointsRequest)
    return page_response(await request.stubs.tree_heads.ListCheckpoints(message, request.context), query)


@router.get("/audit/proof", response_model=schemas.Proof, responses={404: {}})
async def get_proof(query: Annotated[schemas.ProofQuery, Query()], request: SignedInRequest) -> Response:
    """That an event is covered by a checkpoint (the newest, unless `tree_size` names another), and that the newest checkpoint continues that one."""
    proof = render(await request.stubs.tree_heads.GetProof(to_proto(query, tree_heads_pb2.GetProofRequest), request.context))
    # Of an event whose month was dropped there is none.
    proof["event"]["id"] = proof["event"]["id"] or None
    return json_response(proof)
