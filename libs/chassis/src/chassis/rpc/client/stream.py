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
# How long to leave a callee alone that does not know this way of asking.
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
        # That of the stream in use, and those of streams that are left and have questions to be answered yet.
        self._hearing: set[asyncio.Task[None]] = set()
        # The callee does not know this way of asking.
        self.unknown = False

    def open(self) -> None:
        """Opens the stream, and keeps it open until `close`."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_open(), name=f"stream-{self._peer}")

    @property
    def up(self) -> bool:
        """Whether a stream takes calls now."""
        return self._stream is not None and not self._stream.is_left

    async def ask(self, question: pb.Question, seconds: float) -> pb.Answer:
        """The answer. Raises NotTakenError when the callee has not begun, Unavailable when the stream ends or it takes too long."""
        if self._stream is None:
            raise NotTakenError
        return await self._stream.ask(question, seconds)

    def leave(self) -> None:
        """Asks nothing more on the stream in use; another one is opened."""
        if self._stream is not None:
            self._stream.leave()

    async def retire(self) -> None:
        """Opens no more streams, and returns when what was asked is answered."""
        await self._stop_keeping()
        self.leave()
        if self._hearing:
            await asyncio.wait(self._hearing)

    async def close(self) -> None:
        await self._stop_keeping()
        for task in self._hearing:
            task.cancel()
        await asyncio.gather(*self._hearing, return_exceptions=True)

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
            task = asyncio.create_task(self._hear(stream), name=f"hearing-{self._peer}")
            self._hearing.add(task)
            task.add_done_callback(self._hearing.discard)
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

    async def _hear(self, stream: "_Stream") -> None:
        try:
            await stream.hear()
        except (grpc.aio.AioRpcError, DecodeError):
            # The stream has ended, or the callee speaks otherwise.
            pass
        finally:
            await stream.end()
            if self._stream is stream:
                self._stream = None
            self._changed()


class _Stream:
    """One stream of the asking end, while it lasts."""

    def __init__(self, peer: str, call: Any) -> None:
        self._peer = peer
        self._call = call
        self._number = 0
        self._waiting: dict[int, asyncio.Future[pb.Answer]] = {}
        # By number, those that are not sent yet.
        self._questions: dict[int, pb.Question] = {}
        self._given_up: list[int] = []
        self._something = asyncio.Event()
        self._left = asyncio.Event()
        self._speaking: asyncio.Task[None] | None = None

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
        self._speaking = asyncio.create_task(self._speak(), name=f"speaking-{self._peer}")

    async def grows_old(self) -> None:
        """Returns when the stream is old or left."""
        try:
            async with asyncio.timeout(random.uniform(1.0, 1.3) * SECONDS_ON_A_STREAM):  # noqa: S311 - jitter
                await self._left.wait()
        except TimeoutError:
            return

    async def ask(self, question: pb.Question, seconds: float) -> pb.Answer:
        if self.is_left:
            raise NotTakenError
        loop = asyncio.get_running_loop()
        self._number += 1
        number = question.id = self._number
        answer: asyncio.Future[pb.Answer] = loop.create_future()
        self._waiting[number] = answer
        self._questions[number] = question
        self._something.set()
        deadline = loop.call_later(seconds, self._too_late, number)
        try:
            answered = await answer
        except asyncio.CancelledError:
            self._give_up(number)
            raise
        finally:
            deadline.cancel()
            self._waiting.pop(number, None)
            if self._left.is_set():
                self._something.set()
        if answered.refused.code == status.NOT_TAKEN:
            self.leave()
            raise NotTakenError
        return answered

    def leave(self) -> None:
        """Sends no further calls; the stream ends when the outstanding ones are answered."""
        self._left.set()
        self._something.set()
        self._return_unsent()

    async def hear(self) -> None:
        """Receives answers until the stream ends."""
        while (raw := await self._call.read()) is not END:
            heard = pb.Answers.FromString(raw)
            for answer in heard.answers:
                waiting = self._waiting.get(answer.id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
            if heard.going_away:
                self.leave()

    async def end(self) -> None:
        """Ends it at once. Nobody will answer what is still waiting."""
        self.leave()
        self._call.cancel()
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(status.unavailable(self._peer))

    def _return_unsent(self) -> None:
        unsent, self._questions = self._questions, {}
        for number in unsent:
            waiting = self._waiting.get(number)
            if waiting is not None and not waiting.done():
                waiting.set_exception(NotTakenError())

    def _too_late(self, number: int) -> None:
        answer = self._waiting.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(deadline_exceeded())
            self._give_up(number)

    def _give_up(self, number: int) -> None:
        if self._questions.pop(number, None) is None:
            self._given_up.append(number)
            self._something.set()

    async def _speak(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            questions, self._questions = self._questions, {}
            given_up, self._given_up = self._given_up, []
            if questions or given_up:
                for part in parts(questions.values()):
                    await self._call.write(pb.Questions(questions=part, given_up=given_up).SerializeToString())
                    given_up = []
            if self.is_left and not self._waiting and not self._given_up:
                # The other end hangs up once it hears that there is nothing more.
                await self._call.done_writing()
                return
