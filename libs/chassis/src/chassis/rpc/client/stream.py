"""The calling end of a stream of calls."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from caseload.transport.v1 import stream_pb2 as pb
from chassis.backoff import Backoff
from chassis.context import deadline_exceeded
from chassis.rpc import status
from chassis.rpc.stream_frames import END, GREETING, METHOD, SERVICE, parts

SECONDS_ON_A_STREAM = 70.0
# How long to leave a callee alone that does not know this kind of stream.
_SECONDS_IF_UNKNOWN = 60.0
_SECONDS_TO_COME_UP = 10.0
# A server of an earlier release takes a stream without a greeting.
_SECONDS_TO_REFUSE = 0.2
_BACKOFF = Backoff(first=0.05, longest=0.5)


class NotTakenError(Exception):
    """The callee has certainly not begun this call: it may be made again elsewhere, whatever it is."""


class StreamClient:
    """The caller's stream to one instance of a service: kept open, reopened after a failure, and replaced when it is old.

    A load balancer picks an instance only when a connection is made. Replacing streams lets instances behind one get calls
    that were added later. `changed` is called whenever the stream comes up or goes.
    """

    def __init__(self, peer: str, channel: Any, changed: Callable[[], None] = lambda: None) -> None:
        self._peer = peer
        self._call = channel.stream_stream(f"/{SERVICE}/{METHOD}")  # bytes in, bytes out
        self._changed = changed
        self._stream: _Stream | None = None
        self._keeping: asyncio.Task[None] | None = None
        # That of the stream in use, and those of streams that are left and have calls under way.
        self._receiving: set[asyncio.Task[None]] = set()
        # The callee does not know this kind of stream.
        self.unknown = False

    def open(self) -> None:
        """Opens the stream, and keeps it open until `close`."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_open(), name=f"stream-{self._peer}")

    @property
    def up(self) -> bool:
        """Whether a stream takes calls now."""
        return self._stream is not None and not self._stream.is_left

    async def send(self, call: pb.Call, seconds: float) -> pb.Response:
        """The response to the call. Raises NotTakenError when the callee has not begun, Unavailable when the stream ends or it takes too long."""
        if self._stream is None:
            raise NotTakenError
        return await self._stream.send(call, seconds)

    def leave(self) -> None:
        """Sends no further calls on the stream in use; another one is opened."""
        if self._stream is not None:
            self._stream.leave()

    async def retire(self) -> None:
        """Opens no more streams, and returns when every call that was sent has its response."""
        await self._stop_keeping()
        self.leave()
        if self._receiving:
            await asyncio.wait(self._receiving)

    async def close(self) -> None:
        await self._stop_keeping()
        for task in self._receiving:
            task.cancel()
        await asyncio.gather(*self._receiving, return_exceptions=True)

    async def _stop_keeping(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _keep_open(self) -> None:
        failures = 0
        while True:
            stream = await self._opened()
            if stream is None:
                failures += 1
                await asyncio.sleep(_SECONDS_IF_UNKNOWN if self.unknown else _BACKOFF.delay(failures))
                continue
            failures = 0
            self.leave()
            self._stream = stream
            task = asyncio.create_task(self._receive(stream), name=f"receiving-{self._peer}")
            self._receiving.add(task)
            task.add_done_callback(self._receiving.discard)
            self._changed()
            await stream.grows_old()
            if stream.is_left:
                self._changed()
                await asyncio.sleep(_BACKOFF.delay(1))

    async def _opened(self) -> "_Stream | None":
        stream = _Stream(self._peer, self._call())
        try:
            async with asyncio.timeout(_SECONDS_TO_COME_UP):
                await stream.comes_up()
        except (grpc.aio.AioRpcError, TimeoutError) as error:
            await stream.end()
            self.unknown = isinstance(error, grpc.aio.AioRpcError) and error.code() is grpc.StatusCode.UNIMPLEMENTED
            self._changed()
            return None
        except BaseException:
            await stream.end()
            raise
        self.unknown = False
        return stream

    async def _receive(self, stream: "_Stream") -> None:
        try:
            await stream.receive()
        except (grpc.aio.AioRpcError, DecodeError):
            # The stream has ended, or the callee sends something else.
            pass
        finally:
            await stream.end()
            if self._stream is stream:
                self._stream = None
            self._changed()


class _Stream:
    """One stream of the calling end, while it lasts."""

    def __init__(self, peer: str, call: Any) -> None:
        self._peer = peer
        self._call = call
        self._number = 0
        self._waiting: dict[int, asyncio.Future[pb.Response]] = {}
        # By number, those that are not sent yet.
        self._unsent: dict[int, pb.Call] = {}
        self._cancelled: list[int] = []
        self._woken = asyncio.Event()
        self._left = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None

    @property
    def is_left(self) -> bool:
        return self._left.is_set()

    async def comes_up(self) -> None:
        """Waits until the server has accepted the stream. Raises AioRpcError if it does not."""
        await self._call.wait_for_connection()
        if not any(tuple(pair) == GREETING for pair in await self._call.initial_metadata()):
            # Nor does a server greet that refuses the stream: its refusal is on its way.
            with suppress(TimeoutError):
                async with asyncio.timeout(_SECONDS_TO_REFUSE):
                    await self._call.code()
            await self._call.wait_for_connection()
        self._sending = asyncio.create_task(self._send_calls(), name=f"sending-{self._peer}")

    async def grows_old(self) -> None:
        """Returns when the stream is old or left."""
        try:
            async with asyncio.timeout(random.uniform(1.0, 1.3) * SECONDS_ON_A_STREAM):  # noqa: S311 - jitter
                await self._left.wait()
        except TimeoutError:
            return

    async def send(self, call: pb.Call, seconds: float) -> pb.Response:
        if self.is_left:
            raise NotTakenError
        loop = asyncio.get_running_loop()
        self._number += 1
        number = call.id = self._number
        response: asyncio.Future[pb.Response] = loop.create_future()
        self._waiting[number] = response
        self._unsent[number] = call
        self._woken.set()
        deadline = loop.call_later(seconds, self._too_late, number)
        try:
            received = await response
        except asyncio.CancelledError:
            self._cancel(number)
            raise
        finally:
            deadline.cancel()
            self._waiting.pop(number, None)
            if self._left.is_set():
                self._woken.set()
        if received.refused.code == status.NOT_TAKEN:
            self.leave()
            raise NotTakenError
        return received

    def leave(self) -> None:
        """Sends no further calls; the stream ends when the outstanding ones have their responses."""
        self._left.set()
        self._woken.set()
        self._give_back_unsent()

    async def receive(self) -> None:
        """Receives responses until the stream ends."""
        while (raw := await self._call.read()) is not END:
            received = pb.Responses.FromString(raw)
            for response in received.responses:
                waiting = self._waiting.get(response.id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(response)
            if received.going_away:
                self.leave()

    async def end(self) -> None:
        """Ends it at once. Calls that still wait are Unavailable."""
        self.leave()
        self._call.cancel()
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(status.unavailable(self._peer))

    def _give_back_unsent(self) -> None:
        unsent, self._unsent = self._unsent, {}
        for number in unsent:
            waiting = self._waiting.get(number)
            if waiting is not None and not waiting.done():
                waiting.set_exception(NotTakenError())

    def _too_late(self, number: int) -> None:
        response = self._waiting.get(number)
        if response is not None and not response.done():
            response.set_exception(deadline_exceeded())
            self._cancel(number)

    def _cancel(self, number: int) -> None:
        if self._unsent.pop(number, None) is None:
            self._cancelled.append(number)
            self._woken.set()

    async def _send_calls(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            calls, self._unsent = self._unsent, {}
            cancelled, self._cancelled = self._cancelled, []
            if calls or cancelled:
                for part in parts(calls.values()):
                    await self._call.write(pb.Calls(calls=part, cancelled=cancelled).SerializeToString())
                    cancelled = []
            if self.is_left and not self._waiting and not self._cancelled:
                # The other end closes the stream once it receives that there is nothing more.
                await self._call.done_writing()
                return
