"""The calling end of a stream of calls."""

import asyncio
import random
from typing import Any

import grpc

from caseload.transport.v1 import stream_pb2 as pb
from chassis.context import deadline_exceeded
from chassis.rpc import status
from chassis.rpc.stream_frames import END, METHOD, SERVICE, parts

SECONDS_ON_A_STREAM = 70.0
# How long to leave a callee alone that does not know this way of asking, or did not come to the phone.
_SECONDS_IF_UNKNOWN = 60.0
_SECONDS_IF_GONE = 0.2


class StreamClient:
    """The client's stream to one peer: opened at the first call, reopened after a failure, and replaced when it is old.

    A load balancer picks an instance only when a connection is made. Replacing streams lets instances that were added later
    get calls.
    """

    def __init__(self, peer: str, channel: Any) -> None:
        self._peer = peer
        self._open = channel.stream_stream(f"/{SERVICE}/{METHOD}")  # bytes in, bytes out
        self._stream: _Stream | None = None
        self._opening = False
        self._not_before = 0.0
        # That of the stream in use, and those of streams that are left and have questions to be answered yet.
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def up(self) -> bool:
        """Whether a stream is open. If there is none, or it is old, this also starts to open a new one."""
        if (self._stream is None or self._stream.is_old) and not self._opening:
            self._begin()
        return self._stream is not None

    async def ask(self, question: pb.Question, seconds: float) -> pb.Answer:
        """The answer; Unavailable when the stream ends before it, or when it takes longer."""
        if self._stream is None:
            raise status.unavailable(self._peer)
        return await self._stream.ask(question, seconds)

    async def close(self) -> None:
        self._not_before = float("inf")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self) -> None:
        if asyncio.get_running_loop().time() < self._not_before:
            return
        self._opening = True
        task = asyncio.create_task(self._keep_open(), name=f"stream-{self._peer}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_open(self) -> None:
        stream = _Stream(self._peer, self._open())
        try:
            try:
                await stream.comes_up()
            finally:
                self._opening = False
            self._stream, before = stream, self._stream
            if before is not None:
                before.leave()
            await stream.hear()
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                self._pause(_SECONDS_IF_UNKNOWN)
        finally:
            if not stream.is_left:
                self._pause(_SECONDS_IF_GONE)
            if self._stream is stream:
                self._stream = None
            await stream.end()

    def _pause(self, seconds: float) -> None:
        self._not_before = max(self._not_before, asyncio.get_running_loop().time() + seconds)


class _Stream:
    """One stream of the asking end, while it lasts."""

    def __init__(self, peer: str, call: Any) -> None:
        self._peer = peer
        self._call = call
        self._until = 0.0
        self.is_left = False
        self._number = 0
        self._waiting: dict[int, asyncio.Future[pb.Answer]] = {}
        self._questions: list[pb.Question] = []
        self._given_up: list[int] = []
        self._something = asyncio.Event()
        self._speaking: asyncio.Task[None] | None = None

    @property
    def is_old(self) -> bool:
        return asyncio.get_running_loop().time() >= self._until

    async def comes_up(self) -> None:
        """Waits until the server has accepted the stream. Raises AioRpcError if it does not."""
        await self._call.wait_for_connection()
        self._until = asyncio.get_running_loop().time() + random.uniform(1.0, 1.3) * SECONDS_ON_A_STREAM  # noqa: S311 - jitter
        self._speaking = asyncio.create_task(self._speak())

    async def ask(self, question: pb.Question, seconds: float) -> pb.Answer:
        loop = asyncio.get_running_loop()
        self._number += 1
        number = question.id = self._number
        answer: asyncio.Future[pb.Answer] = loop.create_future()
        self._waiting[number] = answer
        self._questions.append(question)
        self._something.set()
        deadline = loop.call_later(seconds, self._too_late, number)
        try:
            return await answer
        except asyncio.CancelledError:
            self._give_up(number)
            raise
        finally:
            deadline.cancel()
            self._waiting.pop(number, None)
            if self.is_left:
                self._something.set()

    def leave(self) -> None:
        """Sends no further calls; the stream ends when the outstanding ones are answered."""
        self.is_left = True
        self._something.set()

    async def hear(self) -> None:
        """Receives answers until the stream ends."""
        while (raw := await self._call.read()) is not END:
            for answer in pb.Answers.FromString(raw).answers:
                waiting = self._waiting.get(answer.id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)

    async def end(self) -> None:
        """Ends it at once. Nobody will answer what is still waiting."""
        self._call.cancel()
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(status.unavailable(self._peer))

    def _too_late(self, number: int) -> None:
        answer = self._waiting.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(deadline_exceeded())
            self._give_up(number)

    def _give_up(self, number: int) -> None:
        self._given_up.append(number)
        self._something.set()

    async def _speak(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            questions, self._questions = self._questions, []
            given_up, self._given_up = self._given_up, []
            for part in parts(questions, _size_of_question):
                await self._call.write(pb.Questions(questions=part, given_up=given_up).SerializeToString())
                given_up = []
            if self.is_left and not self._waiting:
                # The other end hangs up once it hears that there is nothing more.
                await self._call.done_writing()
                return


def _size_of_question(question: pb.Question) -> int:
    return len(question.request)
