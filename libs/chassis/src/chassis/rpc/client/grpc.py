"""A service behind gRPC: every instance of it."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from chassis.auth.tokens import ServiceSigner
from chassis.context import RequestContext
from chassis.errors import Unavailable
from chassis.rpc.admission import Admissions
from chassis.rpc.client.attempts import Ask, attempts, seconds_left, sent_with, token_for
from chassis.rpc.client.connection import Connection
from chassis.rpc.client.instances import Instances
from chassis.rpc.client.stream import NotTakenError
from chassis.rpc.method import read
from chassis.rpc.parts import check_request, collected
from chassis.rpc.pieces import to_messages
from chassis.rpc.tls import TLS

_SECONDS_TO_BECOME_READY = 1.0


class RemotePeer:
    """A service behind gRPC. Calls go to the instance that has the fewest of this process's calls under way."""

    def __init__(self, name: str, address: str, signer: ServiceSigner | None, *, tls: TLS | None = None) -> None:
        self.name = name
        self._signer = signer
        self._admissions = Admissions()
        self.instances = Instances(name, address, lambda where, changed: Connection(name, where, tls, changed))

    def __call__(self, descriptor: MethodDescriptor) -> Ask:
        method = read(descriptor)
        reply = GetMessageClass(descriptor.output_type)

        async def ask(request: Message, context: RequestContext) -> Any:
            async def part(wanted: Message) -> Any:
                return await ask_once(wanted, context)

            return await collected(method, part, request)

        async def ask_once(request: Message, context: RequestContext) -> Any:
            context = sent_with(method, context)
            raw = request.SerializeToString()
            check_request(raw)

            async def attempt(seconds: float) -> bytes:
                return await self._at_an_instance(context, seconds, lambda at, token, left: at.call(method, raw, context, token, left))

            with self._admissions.admit(raw, vital=method.vital):
                return reply.FromString(await attempts(method, context, attempt))

        async def ask_in_pieces(request: Message, body: AsyncIterable[bytes], context: RequestContext) -> Any:
            raw, pieces = request.SerializeToString(), to_messages(method, body)
            # Once: a body that was read cannot be read again.
            with self._admissions.admit(pieces):
                answer = await self._at_an_instance(
                    context, seconds_left(context), lambda at, token, left: at.send(method, raw, pieces, context, token, left)
                )
            return reply.FromString(answer)

        return ask if method.body is None else ask_in_pieces

    async def _at_an_instance(
        self, context: RequestContext, seconds: float, call: Callable[[Connection, str, float], Awaitable[bytes]]
    ) -> bytes:
        """The answer of the instance that takes the call; `call` gets its connection, a token for it, and the seconds that are left."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            connection = await self.instances.take(until)
            token = token_for(self.name, context, self._signer)
            try:
                return await call(connection, token, until - loop.time())
            except NotTakenError:
                # Not begun there, so it may be asked elsewhere, or of the successor, even if it has an effect.
                continue

    @property
    def up(self) -> bool:
        """Whether an instance takes calls now."""
        return bool(self.instances.usable)

    async def ready(self) -> bool:
        """Whether an instance says that it serves."""
        try:
            connection = await self.instances.take(asyncio.get_running_loop().time() + _SECONDS_TO_BECOME_READY)
        except Unavailable:
            return False
        return await connection.serves()

    async def close(self) -> None:
        await self.instances.close()
