"""The serving end of a stream of calls."""

import asyncio
import logging
from functools import partial
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from caseload.transport.v1 import stream_pb2 as pb
from chassis.errors import Refusal
from chassis.rpc import status
from chassis.rpc.handler import Handler
from chassis.rpc.stream_frames import END, GREETING, METHOD, SERVICE, from_call, parts

# While more bytes of responses than this wait to be sent, no further call is read: a caller who does not read is not served.
_MOST_UNSENT = 16 * 1024 * 1024
log = logging.getLogger(__name__)


class Listener:
    """The serving end of every stream of one server."""

    def __init__(self, server: Handler) -> None:
        self._server = server
        self._going_away = False
        self._closing = asyncio.Event()
        self._exchanges: set[_Exchange] = set()
        self._none_left = asyncio.Event()
        self._none_left.set()

    def handler(self) -> grpc.GenericRpcHandler:  # type: ignore[type-arg] # generic in the stubs alone
        return grpc.method_handlers_generic_handler(SERVICE, {METHOD: grpc.stream_stream_rpc_method_handler(self.serve)})

    async def serve(self, _requests: Any, context: Any) -> None:
        """A grpc.aio handler: returns when the caller has closed the stream, or when the server closes and has responded to every call."""
        if self._going_away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, status.NOT_TAKEN)
        # Before the first call: its caller waits for a sign that the stream is taken.
        await context.send_initial_metadata((GREETING,))
        exchange = _Exchange(self._server, context)
        if self._going_away:
            exchange.go_away()
        self._exchanges.add(exchange)
        self._none_left.clear()
        try:
            await self._serve(exchange)
        finally:
            self._exchanges.discard(exchange)
            if not self._exchanges:
                self._none_left.set()

    async def _serve(self, exchange: "_Exchange") -> None:
        closing = asyncio.ensure_future(self._closing.wait())
        receiving = asyncio.ensure_future(exchange.receive())
        sending = asyncio.ensure_future(exchange.send())
        finishing: asyncio.Future[None] | None = None
        try:
            await asyncio.wait((receiving, closing, sending), return_when=asyncio.FIRST_COMPLETED)
            finishing = asyncio.ensure_future(exchange.finish())
            # Where nothing can be sent any more there are no responses to wait for.
            await asyncio.wait((finishing, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending = [task for task in (closing, receiving, sending, finishing, *exchange.running.values()) if task is not None]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    def go_away(self) -> None:
        """Tells all callers to call elsewhere. What they send until they receive it is refused by the server, which drains."""
        self._going_away = True
        for exchange in self._exchanges:
            exchange.go_away()

    async def close(self, seconds: float) -> None:
        """Waits until the callers have closed their streams, as they do once every call has its response; ends those still open after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._none_left.wait()
        except TimeoutError:
            self._closing.set()


class _Exchange:
    """One stream while it lasts."""

    def __init__(self, server: Handler, context: Any) -> None:
        self._server = server
        self._context = context
        self._responses: list[pb.Response] = []
        self._unsent = 0
        self._going_away = False
        # The newest call's number. Numbers grow, so a call that comes twice is known.
        self._newest = 0
        self._woken = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self.running: dict[int, asyncio.Task[None]] = {}

    async def receive(self) -> None:
        while (raw := await self._context.read()) is not END:
            try:
                received = pb.Calls.FromString(raw)
            except DecodeError:
                log.warning("a stream carries something else and is ended", extra={"service": self._server.name})
                return
            for call in received.calls:
                if call.id <= self._newest:
                    log.warning("a call came twice and is served once", extra={"service": self._server.name})
                    continue
                self._newest = call.id
                task = asyncio.create_task(self._serve(call))
                self.running[call.id] = task
                # Not within the task: cancelled before its first step, it never gets there.
                task.add_done_callback(partial(self._forget, call.id))
            for number in received.cancelled:
                if (task_of := self.running.get(number)) is not None:
                    task_of.cancel()
            if self._unsent > _MOST_UNSENT:
                await self._all_sent.wait()

    def _forget(self, number: int, _task: asyncio.Task[None]) -> None:
        self.running.pop(number, None)

    async def send(self) -> None:
        told = False
        while True:
            await self._woken.wait()
            self._woken.clear()
            responses, self._responses = self._responses, []
            for part in parts(responses):
                going_away = self._going_away and not told
                told |= going_away
                await self._context.write(pb.Responses(responses=part, going_away=going_away).SerializeToString())
                self._unsent -= sum(len(response.reply) for response in part)
            if not self._responses:
                self._all_sent.set()

    async def finish(self) -> None:
        """Waits until the response to every call received is sent."""
        while self.running:
            await asyncio.wait(self.running.values())
        await self._all_sent.wait()

    def go_away(self) -> None:
        self._going_away = True
        self._woken.set()

    async def _serve(self, call: pb.Call) -> None:
        number = call.id
        context = from_call(call)
        try:
            reply = await self._server.answer(call.path, call.request, context, call.seconds)
            self._add_response(pb.Response(id=number, reply=reply))
        except Refusal as refusal:
            self._add_response(pb.Response(id=number, refused=status.packed(refusal)))
        except Exception:
            log.exception("a call failed", extra={"rpc": call.path, "request_id": context.request_id})
            self._add_response(pb.Response(id=number, failed=True))

    def _add_response(self, response: pb.Response) -> None:
        self._responses.append(response)
        self._unsent += len(response.reply)
        self._all_sent.clear()
        self._woken.set()
