"""A service in this process: the same path through the same server, without a socket between."""

import logging
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from chassis.auth.tokens import ServiceSigner
from chassis.context import RequestContext
from chassis.errors import Refusal, Unavailable
from chassis.rpc import status
from chassis.rpc.client.attempts import Ask, InternalFault, attempts, seconds_left, sent_with, token_for
from chassis.rpc.handler import Handler
from chassis.rpc.method import Method, read
from chassis.rpc.parts import check_request, collected
from chassis.rpc.pieces import to_messages

log = logging.getLogger(__name__)


class LocalPeer:
    """Looks its service up at each call: services start in any order, and stop."""

    def __init__(self, name: str, signer: ServiceSigner | None, servers: Mapping[str, Handler]) -> None:
        self.name = name
        self._signer = signer
        self._servers = servers

    def __call__(self, descriptor: MethodDescriptor) -> Ask:
        method = read(descriptor)
        reply = GetMessageClass(descriptor.output_type)

        async def ask(request: Message, context: RequestContext) -> Any:
            async def part(wanted: Message) -> Any:
                return await ask_once(wanted, context)

            return await collected(method, part, request)

        async def ask_once(request: Message, context: RequestContext) -> Any:
            raw = request.SerializeToString()
            check_request(raw)
            shown = replace(sent_with(method, context), token=token_for(self.name, context, self._signer))

            async def attempt(seconds: float) -> bytes:
                return await self._answer_of(method, context, lambda server: server.answer(method.path, raw, shown, seconds))

            return reply.FromString(await attempts(method, context, attempt))

        async def ask_in_pieces(request: Message, body: AsyncIterable[bytes], context: RequestContext) -> Any:
            raw = request.SerializeToString()
            shown = replace(sent_with(method, context), token=token_for(self.name, context, self._signer))
            seconds = seconds_left(context)
            failures: list[Exception] = []

            async def messages() -> AsyncIterator[bytes]:
                yield raw
                try:
                    async for message in to_messages(method, body):
                        yield message
                except Exception as failure:  # noqa: BLE001 - the caller's own, raised there; to the server the request is cut off
                    failures.append(failure)

            try:
                answer = await self._answer_of(method, context, lambda server: server.receive(method.path, messages(), shown, seconds))
            except Unavailable:
                if failures:
                    raise failures[0] from None
                raise
            return reply.FromString(answer)

        return ask if method.body is None else ask_in_pieces

    async def _answer_of(self, method: Method, context: RequestContext, call: Callable[[Handler], Awaitable[bytes]]) -> bytes:
        server = self._servers.get(self.name)
        if server is None:
            raise status.unavailable(self.name)
        try:
            return await call(server)
        except Refusal as refusal:
            if refusal.code == status.NOT_TAKEN:
                raise status.unavailable(self.name) from refusal
            raise status.again(refusal) from refusal
        except Exception:
            log.exception("a call failed", extra={"rpc": method.path, "request_id": context.request_id})
            raise InternalFault(method.path) from None

    async def ready(self) -> bool:
        server = self._servers.get(self.name)
        return server is not None and await server.ready()

    async def close(self) -> None:
        return None
