"""Sends the file that a job has made, or a part of it (RFC 9110, 14: Range)."""

import re
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from caseload.jobs.v1 import jobs_pb2 as pb
from caseload.jobs.v1.jobs_rpc import JobsStub
from gateway.api.client_attachments.archive_response import ArchiveResponse
from gateway.auth.cookies import read_cookies
from gateway.request import GatewayRequest

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


async def result_response(jobs: JobsStub, job_id: str, http: Request, request: GatewayRequest) -> Response:
    """Of a job of the service that `jobs` asks. It is read with the caller's access token, piece by piece, and ends with it; a Range goes on from there."""
    with ExitStack() as admitted:
        admitted.enter_context(http.app.state.archives.admit(request.caller))
        if request.by_cookie:
            # So that it lasts as long as one can: nobody can renew it while the file is on its way.
            token = await http.app.state.authenticator.renewed_token(request, read_cookies(request))
            request.context = replace(request.context, token=token)
        opened = await jobs.OpenJobResult(pb.OpenJobResultRequest(job_id=job_id), request.context)
        tag = f'"{job_id}"'
        headers = {"Accept-Ranges": "bytes", "ETag": tag, "Cache-Control": "private, no-store"}
        wanted = asked_range(request.header(b"range"), opened.size) if request.header(b"if-range") in {"", tag} else None
        if wanted == range(0):
            raise HTTPException(416, headers={**headers, "Content-Range": f"bytes */{opened.size}"})
        sent = range(opened.size) if wanted is None else wanted
        headers["Content-Length"] = str(len(sent))
        if wanted is not None:
            headers["Content-Range"] = f"bytes {sent.start}-{sent.stop - 1}/{opened.size}"
        # Each piece has the time of a call of its own.
        context = replace(request.context, deadline=None)

        async def pieces() -> AsyncIterator[bytes]:
            offset = sent.start
            while offset < sent.stop:
                asked = pb.ReadJobResultRequest(job_id=job_id, offset=offset, ticket=opened.ticket)
                content = (await jobs.ReadJobResult(asked, context)).content
                if not content:
                    raise RuntimeError("A job's file is shorter than it says.")
                yield content[: sent.stop - offset]
                offset += len(content)

        return ArchiveResponse(
            pieces(),
            opened.file_name,
            admitted.pop_all(),
            media_type=opened.media_type,
            headers=headers,
            status=200 if wanted is None else 206,
        )


def asked_range(header: str, size: int) -> range | None:
    """The bytes that are asked for; an empty range where there are none of them, None for all: without a header, and for one that is not of this kind."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return range(size - min(int(found[2]), size), size) if int(found[2]) else range(0)
    first = int(found[1])
    last = int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    return range(first, min(last + 1, size)) if first < size else range(0)
