"""Serves files that are stored in a directory, by a sealed link; files in a bucket are served by the bucket."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from chassis.errors import NotFound
from chassis.storage.local import LocalBlobs
from gateway.routing.nouns import noun_router

router = noun_router("", "files", root="")


@router.get("/files/{token}", include_in_schema=False)
async def get_file(token: str, http: Request) -> Response:
    """No sign-in: the sealed link is for one file and expires."""
    blobs = http.app.state.blobs
    if not isinstance(blobs, LocalBlobs):
        raise NotFound("not_found", "There is nothing here under this link.")
    grant = blobs.open_token(token)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(grant.file_name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return Response(await blobs.get(grant.key), headers=headers, media_type=grant.content_type)
