"""Many calls on one gRPC stream: what costs most about a small call is its crossing, and here many cross together.

`Conversation` is the asking end, `converse` the answering one. A call that cannot go this way goes alone, as any gRPC
call does: the stream may be down, the callee may not know it, the request may be large enough to hold up the others.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError

from caseload.transport.v1 import stream_pb2 as pb
from chassis import wire
from chassis.errors import Refusal
from chassis.serve import Headers, Server

SERVICE, METHOD = "caseload.transport.v1.Conversation", "Converse"
# What is larger goes alone.
LARGEST_SHARED = 256 * 1024
_LARGEST_AT_ONCE = 1024 * 1024
# What a message weighs beyond the largest reply in it.
ENVELOPE = 64 * 1024
# A server asks its callers to connect anew after about this long; theirs are the streams, which last a little longer.
SECONDS_ON_A_CONNECTION = 60.0
SECONDS_ON_A_STREAM = 70.0
# How long to leave a callee alone that does not know this way of asking, or did not come to the phone.
_SECONDS_IF_UNKNOWN = 60.0
_SECONDS_IF_GONE = 0.2

_END: Any = grpc.aio.EOF  # type: ignore[attr-defined] # not in the stubs

log = logging.getLogger(__name__)

M = TypeVar("M")


class Conversation:
    """The asking end: one stream to one peer, opened when first wanted, when it has ended, and anew before it is old.

    A callee's instances are found when connecting and at no other time. Its servers ask for new connections now and then
    (`SECONDS_ON_A_CONNECTION`), calls that go alone follow at once, and a stream that is replaced soon after follows too:
    so instances that were added get their share.
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
        """Whether questions go this way at the moment. Asking this begins what it is time to begin."""
        if (self._stream is None or self._stream.is_old) and not self._opening:
            self._begin()
        return self._stream is not None

    async def ask(self, question: pb.Question, seconds: float) -> pb.Answer:
        """The answer; Unavailable when the stream ends before it, or when it takes longer."""
        if self._stream is None:
            raise wire.unavailable(self._peer)
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
        task = asyncio.create_task(self._converse(), name=f"conversation-{self._peer}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self) -> None:
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
        """Returns when somebody is at the other end; raises AioRpcError when nobody is."""
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
        """Nothing more is asked here: it ends when what was asked is answered."""
        self.is_left = True
        self._something.set()

    async def hear(self) -> None:
        """Hears answers until the stream ends."""
        while (raw := await self._call.read()) is not _END:
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
                waiting.set_exception(wire.unavailable(self._peer))

    def _too_late(self, number: int) -> None:
        answer = self._waiting.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(wire.too_late())
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
            for part in _parts(questions, _size_of_question):
                await self._call.write(pb.Questions(questions=part, given_up=given_up).SerializeToString())
                given_up = []
            if self.is_left and not self._waiting:
                # The other end hangs up once it hears that there is nothing more.
                await self._call.done_writing()
                return


class Listener:
    """The answering end of every stream of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._closing = asyncio.Event()

    def handler(self) -> grpc.GenericRpcHandler:  # type: ignore[type-arg] # generic in the stubs alone
        return grpc.method_handlers_generic_handler(SERVICE, {METHOD: grpc.stream_stream_rpc_method_handler(self.converse)})

    async def converse(self, _requests: Any, context: Any) -> None:
        """A grpc.aio handler: returns when the asker has hung up, or when the server closes and has answered all it was asked."""
        # Before the first question: its asker waits for a sign that somebody is there.
        await context.send_initial_metadata(())
        exchange = _Exchange(self._server, context)
        closing = asyncio.ensure_future(self._closing.wait())
        hearing = asyncio.ensure_future(exchange.hear())
        speaking = asyncio.ensure_future(exchange.speak())
        finishing: asyncio.Future[None] | None = None
        try:
            await asyncio.wait((hearing, closing, speaking), return_when=asyncio.FIRST_COMPLETED)
            finishing = asyncio.ensure_future(exchange.finish())
            # Who cannot speak any more has no answers to wait for.
            await asyncio.wait((finishing, speaking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending = [task for task in (closing, hearing, speaking, finishing, *exchange.running.values()) if task is not None]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    def close(self) -> None:
        """Ends the streams as soon as what was asked on them is answered; the server is drained by then."""
        self._closing.set()


class _Exchange:
    """One stream while it lasts."""

    def __init__(self, server: Server, context: Any) -> None:
        self._server = server
        self._context = context
        self._answers: list[pb.Answer] = []
        self._something = asyncio.Event()
        self._silent = asyncio.Event()
        self._silent.set()
        self.running: dict[int, asyncio.Task[None]] = {}

    async def hear(self) -> None:
        while (raw := await self._context.read()) is not _END:
            try:
                heard = pb.Questions.FromString(raw)
            except DecodeError:
                log.warning("a stream speaks otherwise and is ended", extra={"service": self._server.name})
                return
            for question in heard.questions:
                task = asyncio.create_task(self._answer(question))
                self.running[question.id] = task
            for number in heard.given_up:
                if (task_of := self.running.get(number)) is not None:
                    task_of.cancel()

    async def speak(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            answers, self._answers = self._answers, []
            for part in _parts(answers, _size_of_answer):
                await self._context.write(pb.Answers(answers=part).SerializeToString())
            if not self._answers:
                self._silent.set()

    async def finish(self) -> None:
        """Waits until everything heard is answered and told."""
        while self.running:
            await asyncio.wait(self.running.values())
        await self._silent.wait()

    async def _answer(self, question: pb.Question) -> None:
        number = question.id
        headers = Headers(
            authorization=question.authorization,
            request_id=question.request_id,
            idempotency_key=question.idempotency_key,
            ip_address=question.ip_address if question.HasField("ip_address") else None,
            user_agent=question.user_agent if question.HasField("user_agent") else None,
            traceparent=question.traceparent if question.HasField("traceparent") else None,
        )
        try:
            reply = await self._server.answer(question.path, question.request, headers, question.seconds)
            self._tell(pb.Answer(id=number, reply=reply))
        except Refusal as refusal:
            self._tell(pb.Answer(id=number, refused=wire.packed(refusal)))
        except Exception:
            log.exception("a call failed", extra={"rpc": question.path, "request_id": headers.request_id})
            self._tell(pb.Answer(id=number, failed=True))
        finally:
            del self.running[number]

    def _tell(self, answer: pb.Answer) -> None:
        self._answers.append(answer)
        self._silent.clear()
        self._something.set()


def _parts(said: Iterable[M], size: Callable[[M], int]) -> Iterator[list[M]]:
    """What was said, in messages of a bearable size; one at least, if an empty one."""
    part: list[M] = []
    weight = 0
    for each in said:
        if part and weight + size(each) > _LARGEST_AT_ONCE:
            yield part
            part, weight = [], 0
        part.append(each)
        weight += size(each)
    yield part


def _size_of_question(question: pb.Question) -> int:
    return len(question.request)


def _size_of_answer(answer: pb.Answer) -> int:
    return len(answer.reply)
