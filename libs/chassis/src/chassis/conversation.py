"""Many calls on one gRPC stream: what costs most about a small call is its crossing, and here many cross together.

`Conversation` is the asking end, `converse` the answering one. A call that cannot go this way goes alone, as any gRPC
call does: the stream may be down, the callee may not know it, the request may be large enough to hold up the others.
"""

import asyncio
import logging
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
# How long to leave a callee alone that does not know this way of asking, or did not come to the phone.
_SECONDS_IF_UNKNOWN = 60.0
_SECONDS_IF_GONE = 0.2

_END: Any = grpc.aio.EOF  # type: ignore[attr-defined] # not in the stubs

log = logging.getLogger(__name__)

M = TypeVar("M")


class Conversation:
    """The asking end: one stream to one peer, opened when first wanted and again when it ends."""

    def __init__(self, peer: str, channel: Any) -> None:
        self._peer = peer
        self._open = channel.stream_stream(f"/{SERVICE}/{METHOD}")  # bytes in, bytes out
        self._task: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._up = False
        self._number = 0
        self._waiting: dict[int, asyncio.Future[pb.Answer]] = {}
        self._questions: list[pb.Question] = []
        self._given_up: list[int] = []
        self._something = asyncio.Event()

    @property
    def up(self) -> bool:
        """Whether questions go this way at the moment. Where not, and it is time to, asking this begins anew."""
        if not self._up and (self._task is None or self._task.done()) and asyncio.get_running_loop().time() >= self._not_before:
            self._task = asyncio.create_task(self._converse(), name=f"conversation-{self._peer}")
        return self._up

    async def ask(self, question: pb.Question, seconds: float) -> pb.Answer:
        """The answer; Unavailable when the stream ends before it, or when it takes longer."""
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

    async def close(self) -> None:
        if self._task is not None:
            self._not_before = float("inf")
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _too_late(self, number: int) -> None:
        answer = self._waiting.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(wire.too_late())
            self._give_up(number)

    def _give_up(self, number: int) -> None:
        if self._up:
            self._given_up.append(number)
            self._something.set()

    async def _converse(self) -> None:
        stream = self._open()
        pause = _SECONDS_IF_GONE
        speaking: asyncio.Task[None] | None = None
        try:
            await stream.wait_for_connection()
            self._up = True
            speaking = asyncio.create_task(self._speak(stream))
            while (raw := await stream.read()) is not _END:
                self._hear(raw)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                pause = _SECONDS_IF_UNKNOWN
        finally:
            self._up = False
            self._not_before = max(self._not_before, asyncio.get_running_loop().time() + pause)
            stream.cancel()
            if speaking is not None:
                speaking.cancel()
                await asyncio.gather(speaking, return_exceptions=True)
            self._lose()

    async def _speak(self, stream: Any) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            questions, self._questions = self._questions, []
            given_up, self._given_up = self._given_up, []
            for part in _parts(questions, _size_of_question):
                await stream.write(pb.Questions(questions=part, given_up=given_up).SerializeToString())
                given_up = []

    def _hear(self, raw: bytes) -> None:
        for answer in pb.Answers.FromString(raw).answers:
            waiting = self._waiting.get(answer.id)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    def _lose(self) -> None:
        """Nobody will answer what was asked on a stream that has ended."""
        self._questions.clear()
        self._given_up.clear()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(wire.unavailable(self._peer))


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
