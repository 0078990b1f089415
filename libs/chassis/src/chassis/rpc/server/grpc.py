"""A Server behind grpc.aio."""

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc

from chassis.errors import Refusal
from chassis.rpc import status
from chassis.rpc.server.server import Server
from chassis.rpc.stream_frames import END, GREETING
from chassis.rpc.transport import from_metadata

log = logging.getLogger(__name__)


class GrpcHandler(grpc.GenericRpcHandler):  # type: ignore[type-arg] # generic in the stubs alone
    """Puts a Server behind grpc.aio."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._handlers = {
            method.path: grpc.unary_unary_rpc_method_handler(self._handler(method.path))  # bytes in, bytes out
            if method.body is None
            else grpc.stream_unary_rpc_method_handler(self._handler(method.path))
            for method in server.methods
        }

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        return self._handlers.get(details.method)

    def _handler(self, path: str) -> Callable[[Any, Any], Any]:
        server = self._server

        async def answer(raw: Any, context: Any) -> bytes:
            request = from_metadata(dict(context.invocation_metadata() or ()))
            messages = None if isinstance(raw, bytes) else _Messages(context)
            try:
                if messages is None:
                    return await server.answer(path, raw, request, context.time_remaining())
                return await server.receive(path, messages.read(), request, context.time_remaining())
            except Refusal as refusal:
                if messages is not None:
                    await messages.drain()
                context.set_trailing_metadata(status.trailers(refusal))
                await context.abort(status.status(refusal), refusal.code)
            except Exception:
                log.exception("a call failed", extra={"rpc": path, "request_id": request.request_id})
                await context.abort(grpc.StatusCode.INTERNAL, "internal")
            raise AssertionError("abort does not return")

        return answer


class _Messages:
    """The messages of a request in pieces. Its caller sends the second one when it is greeted, which is when that is asked for."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._begun = False
        self._greeted = False

    async def read(self) -> AsyncIterator[bytes]:
        while (raw := await self._next()) is not END:
            yield raw
            if not self._greeted:
                self._greeted = True
                await self._context.send_initial_metadata((GREETING,))

    async def drain(self) -> None:
        """Reads what is still sent, the first message included: grpc.aio tells a caller who is writing when its call ends that the write failed, and not why."""
        while (self._greeted or not self._begun) and await self._next() is not END:
            pass

    async def _next(self) -> Any:
        self._begun = True
        return await self._context.read()
