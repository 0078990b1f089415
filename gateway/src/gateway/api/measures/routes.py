"""The outcome measures of a plan of care, from which progress is drawn."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clinical.v1 import measures_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.measures import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/plans", "plans of care")


@router.post("/{plan_id}/measures", response_model=schemas.Measure, status_code=201)
async def record_measure(plan_id: UUID, body: schemas.MeasureCreate, request: SignedInRequest) -> Response:
    """In a session or on its own, and after the plan's end as well: follow-ups are measured then."""
    message = to_proto(body, pb.RecordMeasureRequest, plan_id=plan_id)
    return json_response(await request.stubs.measures.RecordMeasure(message, request.context), 201)


@router.get("/{plan_id}/measures", response_model=schemas.MeasurePage)
async def list_measures(plan_id: UUID, query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """By measured_at, oldest first."""
    message = to_proto(query, pb.ListMeasuresRequest, plan_id=plan_id)
    return page_response(await request.stubs.measures.ListMeasures(message, request.context), query)


@router.delete("/{plan_id}/measures/{measure_id}", status_code=204)
async def delete_measure(plan_id: UUID, measure_id: UUID, request: SignedInRequest) -> Response:
    """For one that was entered by mistake."""
    message = pb.DeleteMeasureRequest(plan_id=str(plan_id), measure_id=str(measure_id))
    await request.stubs.measures.DeleteMeasure(message, request.context)
    return no_content()
