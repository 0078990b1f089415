"""Serves files that are stored in a directory, by a sealed link; files in a bucket are served by the bucket."""

from collections.abc import Iterable
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from chassis.errors import NotFound
from chassis.storage.local import LocalBlobs
from gateway.request import KEY
from gateway.routing.nouns import noun_router

router = noun_router("", "files", root="")


@router.get("/files/{token}", include_in_schema=False)
async def get_file(token: str, http: Request) -> Response:
    """No sign-in: the sealed link is for one file and expires."""
    blobs = http.app.state.blobs
    if not isinstance(blobs, LocalBlobs):
        raise NotFound("not_found", "There is nothing here under this link.")
    grant = blobs.open_token(token)
    http.scope[KEY].framed = True
    kind = "inline" if grant.inline else "attachment"
    file = await blobs.open(grant.key)
    headers = {
        "Content-Length": str(file.size),
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(grant.file_name, safe='')}",
        "Content-Security-Policy": content_policy(http.app.state.settings.cors_origins, inline=grant.inline),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(file.pieces(), headers=headers, media_type=grant.content_type)


def content_policy(origins: Iterable[str], *, inline: bool) -> str:
    """What a browser may do with the file: run nothing; frame it on our own pages and on those of the front ends' `origins`.

    Browsers do not show PDF documents in a sandbox, so a file that is shown is not in one. It was checked to be an
    image or a PDF document without scripts, and `nosniff` keeps it what it is.
    """
    shown = "img-src 'self'; object-src 'self'; style-src 'unsafe-inline'" if inline else "sandbox"
    frames = " ".join(("'self'", *origins))
    return f"default-src 'none'; {shown}; frame-ancestors {frames}"
