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
from chassis.rpc.stream_frames import END, METHOD, SERVICE, from_question, parts

log = logging.getLogger(__name__)


class Listener:
    """The answering end of every stream of one server."""

    def __init__(self, server: Handler) -> None:
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

    def __init__(self, server: Handler, context: Any) -> None:
        self._server = server
        self._context = context
        self._answers: list[pb.Answer] = []
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
                task = asyncio.create_task(self._answer(question))
                self.running[question.id] = task
                # Not within the task: cancelled before its first step, it never gets there.
                task.add_done_callback(partial(self._forget, question.id))
            for number in heard.given_up:
                if (task_of := self.running.get(number)) is not None:
                    task_of.cancel()

    def _forget(self, number: int, _task: asyncio.Task[None]) -> None:
        self.running.pop(number, None)

    async def speak(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            answers, self._answers = self._answers, []
            for part in parts(answers, _size_of_answer):
                await self._context.write(pb.Answers(answers=part).SerializeToString())
            if not self._answers:
                self._silent.set()

    async def finish(self) -> None:
        """Waits until every call received is answered and its answer is sent."""
        while self.running:
            await asyncio.wait(self.running.values())
        await self._silent.wait()

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
        self._silent.clear()
        self._something.set()


def _size_of_answer(answer: pb.Answer) -> int:
    return len(answer.reply)
