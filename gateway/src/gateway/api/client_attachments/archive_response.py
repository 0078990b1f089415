"""The response that sends an archive while it is written."""

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

# The `openapi_extra` of its route.
ARCHIVE: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "An archive that is sent while it is written.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


class ArchiveResponse(StreamingResponse):
    """An archive, or another large file, that has its place among those under way until it is sent, or its reader is gone."""

    def __init__(
        self,
        content: AsyncIterator[bytes],
        file_name: str,
        admitted: ExitStack,
        *,
        media_type: str = "application/zip",
        headers: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> None:
        disposition = {"Content-Disposition": f'attachment; filename="{file_name}"'}
        super().__init__(content, status, {**(headers or {}), **disposition}, media_type)
        self._admitted = admitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._admitted:
            await super().__call__(scope, receive, send)
