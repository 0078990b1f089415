"""The answering end of a stream of calls."""

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
from chassis.rpc.stream_frames import END, GREETING, METHOD, SERVICE, from_question, parts

# While more bytes of answers than this wait to be sent, no further question is read: an asker who does not read is not answered.
_MOST_UNSENT = 16 * 1024 * 1024
log = logging.getLogger(__name__)


class Listener:
    """The answering end of every stream of one server."""

    def __init__(self, server: Handler) -> None:
        self._server = server
        self._going_away = False
        self._closing = asyncio.Event()
        self._exchanges: set[_Exchange] = set()
        self._none_left = asyncio.Event()
        self._none_left.set()

    def handler(self) -> grpc.GenericRpcHandler:  # type: ignore[type-arg] # generic in the stubs alone
        return grpc.method_handlers_generic_handler(SERVICE, {METHOD: grpc.stream_stream_rpc_method_handler(self.converse)})

    async def converse(self, _requests: Any, context: Any) -> None:
        """A grpc.aio handler: returns when the asker has hung up, or when the server closes and has answered all it was asked."""
        if self._going_away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, status.NOT_TAKEN)
        # Before the first question: its asker waits for a sign that somebody is there.
        await context.send_initial_metadata((GREETING,))
        exchange = _Exchange(self._server, context)
        if self._going_away:
            exchange.go_away()
        self._exchanges.add(exchange)
        self._none_left.clear()
        try:
            await self._converse(exchange)
        finally:
            self._exchanges.discard(exchange)
            if not self._exchanges:
                self._none_left.set()

    async def _converse(self, exchange: "_Exchange") -> None:
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

    def go_away(self) -> None:
        """Tells all askers to ask elsewhere. What is asked until they hear it is refused by the server, which drains."""
        self._going_away = True
        for exchange in self._exchanges:
            exchange.go_away()

    async def close(self, seconds: float) -> None:
        """Waits until the askers have hung up, who do so once all they asked is answered; ends the streams of those who have not after `seconds`."""
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
        self._answers: list[pb.Answer] = []
        self._unsent = 0
        self._going_away = False
        # The newest question's number. Numbers grow, so a question that comes twice is known.
        self._newest = 0
        self._something = asyncio.Event()
        self._silent = asyncio.Event()
        self._silent.set()
        self.running: dict[int, asyncio.Task[None]] = {}

    async def hear(self) -> None:
        while (raw := await self._context.read()) is not END:
            try:
                heard = pb.Questions.FromString(raw)
            except DecodeError:
                log.warning("a stream speaks otherwise and is ended", extra={"service": self._server.name})
                return
            for question in heard.questions:
                if question.id <= self._newest:
                    log.warning("a question came twice and is answered once", extra={"service": self._server.name})
                    continue
                self._newest = question.id
                task = asyncio.create_task(self._answer(question))
                self.running[question.id] = task
                # Not within the task: cancelled before its first step, it never gets there.
                task.add_done_callback(partial(self._forget, question.id))
            for number in heard.given_up:
                if (task_of := self.running.get(number)) is not None:
                    task_of.cancel()
            if self._unsent > _MOST_UNSENT:
                await self._silent.wait()

    def _forget(self, number: int, _task: asyncio.Task[None]) -> None:
        self.running.pop(number, None)

    async def speak(self) -> None:
        told = False
        while True:
            await self._something.wait()
            self._something.clear()
            answers, self._answers = self._answers, []
            for part in parts(answers):
                going_away = self._going_away and not told
                told |= going_away
                await self._context.write(pb.Answers(answers=part, going_away=going_away).SerializeToString())
                self._unsent -= sum(len(answer.reply) for answer in part)
            if not self._answers:
                self._silent.set()

    async def finish(self) -> None:
        """Waits until every call received is answered and its answer is sent."""
        while self.running:
            await asyncio.wait(self.running.values())
        await self._silent.wait()

    def go_away(self) -> None:
        self._going_away = True
        self._something.set()

    async def _answer(self, question: pb.Question) -> None:
        number = question.id
        context = from_question(question)
        try:
            reply = await self._server.answer(question.path, question.request, context, question.seconds)
            self._tell(pb.Answer(id=number, reply=reply))
        except Refusal as refusal:
            self._tell(pb.Answer(id=number, refused=status.packed(refusal)))
        except Exception:
            log.exception("a call failed", extra={"rpc": question.path, "request_id": context.request_id})
            self._tell(pb.Answer(id=number, failed=True))

    def _tell(self, answer: pb.Answer) -> None:
        self._answers.append(answer)
        self._unsent += len(answer.reply)
        self._silent.clear()
        self._something.set()
