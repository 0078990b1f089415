"""Serves files kept in a directory to whoever holds a link to one; a bucket serves its own."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from chassis.errors import NotFound
from chassis.storage.local import LocalBlobs
from gateway.openapi import noun

router = noun("", "files", root="")


@router.get("/files/{token}", include_in_schema=False)
async def get_file(token: str, request: Request) -> Response:
    """No sign-in: the sealed link names one file and runs out."""
    blobs = request.app.state.blobs
    if not isinstance(blobs, LocalBlobs):
        raise NotFound("not_found", "There is nothing here under this link.")
    grant = blobs.open_token(token)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(grant.file_name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return Response(await blobs.get(grant.key), headers=headers, media_type=grant.content_type)
