"""Long work: what goes on while nobody waits for it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.jobs.v1 import jobs_pb2 as pb
from gateway.api.jobs import schemas
from gateway.api.responses import json_response, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/jobs", "jobs")


@router.get("", response_model=schemas.JobPage)
async def list_jobs(query: Annotated[schemas.JobQuery, Query()], request: SignedInRequest) -> Response:
    """The caller's own, newest first; those of everybody in the workspace for owners and administrators."""
    return page_response(await request.stubs.jobs.ListJobs(to_proto(query, pb.ListJobsRequest), request.context), query)


@router.get("/{job_id}", response_model=schemas.Job)
async def get_job(job_id: UUID, request: SignedInRequest) -> Response:
    return json_response(render(await request.stubs.jobs.GetJob(pb.GetJobRequest(job_id=str(job_id)), request.context)))


@router.post("/{job_id}/cancel", response_model=schemas.Job)
async def cancel_job(job_id: UUID, request: SignedInRequest) -> Response:
    """One that waits is cancelled at once, one that runs a moment later. What it has done until then stays."""
    return json_response(render(await request.stubs.jobs.CancelJob(pb.CancelJobRequest(job_id=str(job_id)), request.context)))
