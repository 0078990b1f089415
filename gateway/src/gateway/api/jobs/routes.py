"""Long work: what goes on while nobody waits for it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import Response, StreamingResponse

from caseload.jobs.v1 import jobs_pb2 as pb
from gateway.api.client_attachments.archive_response import ARCHIVE
from gateway.api.jobs import schemas
from gateway.api.jobs.result_response import result_response
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


@router.get("/{job_id}/result", response_class=StreamingResponse, responses={206: {}, 409: {}, 410: {}}, openapi_extra=ARCHIVE)
async def get_job_result(job_id: UUID, http: Request, request: SignedInRequest) -> Response:
    """The file that the job has made, for whoever may see the job and may order such a one. A `Range` of it is 206; 410 `job_file_expired` after some days."""
    return await result_response(request.stubs.jobs, str(job_id), http, request)
