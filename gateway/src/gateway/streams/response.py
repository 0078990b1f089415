"""The response that an alert stream is sent as."""

from contextlib import ExitStack
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gateway.streams.hub import AlertStreams
from gateway.streams.stream import AlertStream

# The `openapi_extra` of its route.
STREAM: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "Server-sent events: `reset`, `alert` and `heartbeat`.",
            "content": {"text/event-stream": {}},
        }
    }
}


class AlertStreamResponse(StreamingResponse):
    """Sends a stream until it ends or its reader is gone, and keeps its place among the open ones for as long."""

    def __init__(self, streams: AlertStreams, stream: AlertStream, admitted: ExitStack) -> None:
        # A proxy that collects the response before it passes it on would be late by an event.
        super().__init__(stream.events(), headers={"X-Accel-Buffering": "no", "Content-Type": "text/event-stream"})
        self._streams = streams
        self._stream = stream
        self._admitted = admitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._admitted:
            try:
                await super().__call__(scope, receive, send)
            finally:
                self._streams.close(self._stream)
