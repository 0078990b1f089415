"""For how long the audit trail is kept."""

from starlette.responses import Response

from caseload.audit.v1 import retention_pb2 as pb
from gateway.api.responses import json_response
from gateway.api.retention import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/audit/retention", "audit")


@router.get("", response_model=schemas.RetentionPeriod)
async def get_retention(request: SignedInRequest) -> Response:
    """Seven years where nobody has chosen another number."""
    return json_response(await request.stubs.retention.GetRetention(pb.GetRetentionRequest(), request.context))


@router.put("", response_model=schemas.RetentionPeriod)
async def set_retention(body: schemas.RetentionUpdate, request: SignedInRequest) -> Response:
    """`retention_until` of events that are recorded from now on follows it. Earlier events keep theirs: what was promised of them is in the hash chain."""
    return json_response(await request.stubs.retention.SetRetention(to_proto(body, pb.SetRetentionRequest), request.context))
