"""A service in this process."""

import logging
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from chassis.auth.tokens import ServiceSigner
from chassis.context import Outgoing
from chassis.errors import Refusal
from chassis.rpc import status as wire
from chassis.rpc.client.attempts import Ask, InternalFault, credentials, outgoing, patiently
from chassis.rpc.method import read
from chassis.rpc.server.server import Server
from chassis.rpc.transport import Headers
from chassis.work.unit_of_work import Call

log = logging.getLogger(__name__)


class LocalPeer:
    """A service in this process: the same path through the same server, without a socket between."""

    def __init__(self, name: str, signer: ServiceSigner | None, servers: Mapping[str, Server]) -> None:
        self.name = name
        self._signer = signer
        # Looked up at each call: services start in any order, and stop.
        self._servers = servers

    def __call__(self, descriptor: MethodDescriptor) -> Ask:
        method = read(descriptor)
        reply = GetMessageClass(descriptor.output_type)

        async def ask(request: Message, call: Call | Outgoing) -> Any:
            out = outgoing(call)
            raw = request.SerializeToString()
            headers = Headers(
                authorization=credentials(out, self.name, self._signer),
                request_id=out.request_id,
                idempotency_key=out.idempotency_key or "",
                ip_address=out.ip_address,
                user_agent=out.user_agent,
                traceparent=out.traceparent,
            )

            async def attempt(seconds: float) -> bytes:
                server = self._servers.get(self.name)
                if server is None:
                    raise wire.unavailable(self.name)
                try:
                    return await server.answer(method.path, raw, headers, seconds)
                except Refusal as refusal:
                    raise wire.again(refusal) from refusal
                except Exception:
                    log.exception("a call failed", extra={"rpc": method.path, "request_id": headers.request_id})
                    raise InternalFault(method.path) from None

            return reply.FromString(await patiently(method, out, attempt))

        return ask

    async def ready(self) -> bool:
        server = self._servers.get(self.name)
        return server is not None and await server.ready()

    async def close(self) -> None:
        return None
