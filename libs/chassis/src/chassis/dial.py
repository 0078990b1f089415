"""The asking side: a peer is another service, reached over gRPC or in the same process; its refusals are raised again here.

A peer makes the callers that a generated stub is built on: `ClientsStub(peer)`, then `await stub.GetClient(request, call)`.
The deadline that is left travels along, a little shorter each hop, so that the one who asked hears a refusal rather than silence.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from caseload.transport.v1 import stream_pb2
from chassis import wire
from chassis.call import Call, Outgoing
from chassis.conversation import ENVELOPE, LARGEST_SHARED, Conversation
from chassis.errors import Refusal, Unavailable
from chassis.methods import Method, read
from chassis.serve import Headers, Server
from chassis.tls import TLS
from chassis.tokens import ServiceSigner

DEFAULT_SECONDS = 10.0
LARGEST_MESSAGE = 12 * 1024 * 1024
# A refusal travels in the trailers, with all its facts; gRPC's own limit of 8 KiB is some thirty of them.
LARGEST_REFUSAL = 1024 * 1024
_SHAVED_PER_HOP = 0.02
_MOST_ATTEMPTS = 3

log = logging.getLogger(__name__)

Ask = Callable[[Message, Any], Awaitable[Any]]


class InternalFault(RuntimeError):
    """The callee failed in a way it did not foresee; not the caller's doing, and not a Refusal."""


class Peer(Protocol):
    """Another service: makes one caller per method, and says whether it is ready."""

    def __call__(self, descriptor: MethodDescriptor) -> Ask: ...

    async def ready(self) -> bool: ...

    async def close(self) -> None: ...


def outgoing(call: Call | Outgoing, method: Method) -> Outgoing:
    """What travels with this question; an Idempotency-Key only where there is an effect to keep from happening twice."""
    out = call if isinstance(call, Outgoing) else call.outgoing
    return replace(out, idempotency_key=None) if out.idempotency_key and not method.writes else out


def seconds_left(out: Outgoing) -> float:
    """What this hop may take; Unavailable when nothing is left."""
    if out.deadline is None:
        return DEFAULT_SECONDS
    left = out.deadline - asyncio.get_running_loop().time() - _SHAVED_PER_HOP
    if left <= 0:
        raise wire.too_late()
    return left


def credentials(out: Outgoing, callee: str, signer: ServiceSigner | None) -> str:
    """The user's own token where there is one; else, for work in a workspace, the calling service's; else none."""
    if out.token:
        return f"Bearer {out.token}"
    if signer is None or out.workspace_id is None:
        return ""
    return f"Bearer {signer.token(callee, out.workspace_id)}"


async def patiently(method: Method, out: Outgoing, attempt: Callable[[float], Awaitable[bytes]]) -> bytes:
    """Asks again where the callee was unavailable and asking twice cannot do harm, with jitter, inside the deadline."""
    for number in range(1, _MOST_ATTEMPTS + 1):
        try:
            return await attempt(seconds_left(out))
        except Unavailable as refusal:
            pause = random.uniform(0.02, 0.1) * 2**number  # noqa: S311 - jitter, not a secret
            if not method.repeatable or number == _MOST_ATTEMPTS or refusal.code == "deadline_exceeded":
                raise
            if out.deadline is not None and out.deadline - asyncio.get_running_loop().time() < pause + _SHAVED_PER_HOP:
                raise
            await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


class RemotePeer:
    """A service behind a gRPC channel."""

    def __init__(
        self, name: str, address: str, signer: ServiceSigner | None, *, tls: TLS | None = None, channel: grpc.aio.Channel | None = None
    ) -> None:
        self.name = name
        self._signer = signer
        self._channel: Any = channel or _channel(address, tls)
        self._conversation = Conversation(name, self._channel)

    def __call__(self, descriptor: MethodDescriptor) -> Ask:
        method = read(descriptor)
        reply = GetMessageClass(descriptor.output_type)
        send = self._channel.unary_unary(method.path)  # bytes in, bytes out

        async def ask(request: Message, call: Call | Outgoing) -> Any:
            out = outgoing(call, method)
            raw = request.SerializeToString()

            async def attempt(seconds: float) -> bytes:
                if self._conversation.up and len(raw) <= LARGEST_SHARED:
                    return await self._converse(method, raw, out, seconds)
                try:
                    answer: bytes = await send(raw, timeout=seconds, metadata=self._metadata(out))
                except grpc.aio.AioRpcError as error:
                    refusal = wire.refusal_of(error, self.name)
                    if refusal is None:
                        raise InternalFault(f"{method.path}: {error.code().name}") from None
                    raise refusal from None
                return answer

            return reply.FromString(await patiently(method, out, attempt))

        return ask

    async def _converse(self, method: Method, raw: bytes, out: Outgoing, seconds: float) -> bytes:
        question = stream_pb2.Question(
            path=method.path,
            request=raw,
            seconds=seconds,
            authorization=credentials(out, self.name, self._signer),
            request_id=out.request_id,
            idempotency_key=out.idempotency_key,
            ip_address=out.ip_address,
            user_agent=out.user_agent,
            traceparent=out.traceparent,
        )
        answer = await self._conversation.ask(question, seconds)
        match answer.WhichOneof("outcome"):
            case "reply":
                return answer.reply
            case "refused":
                raise wire.unpacked(answer.refused)
            case _:
                raise InternalFault(method.path)

    async def ready(self) -> bool:
        """Whether the service's own health check says it serves."""
        check = self._channel.unary_unary("/grpc.health.v1.Health/Check")
        try:
            answer: bytes = await check(b"", timeout=2.0)
        except grpc.aio.AioRpcError:
            return False
        # HealthCheckResponse{status = SERVING}
        return answer == b"\x08\x01"

    async def close(self) -> None:
        await self._conversation.close()
        await self._channel.close()

    def _metadata(self, out: Outgoing) -> tuple[tuple[str, str], ...]:
        pairs = [("x-request-id", out.request_id)]
        if authorization := credentials(out, self.name, self._signer):
            pairs.append(("authorization", authorization))
        if out.idempotency_key:
            pairs.append(("idempotency-key", out.idempotency_key))
        if out.ip_address:
            pairs.append(("x-client-ip", out.ip_address))
        if out.user_agent:
            pairs.append(("x-client-agent", out.user_agent.encode("ascii", "replace").decode()))
        if out.traceparent:
            pairs.append(("traceparent", out.traceparent))
        return tuple(pairs)


def _channel(address: str, tls: TLS | None) -> grpc.aio.Channel:
    options = (
        ("grpc.max_send_message_length", LARGEST_MESSAGE + ENVELOPE),
        ("grpc.max_receive_message_length", LARGEST_MESSAGE + ENVELOPE),
        ("grpc.max_metadata_size", LARGEST_REFUSAL),
        ("grpc.absolute_max_metadata_size", LARGEST_REFUSAL),
        # Above the server's minimum of ten seconds, or it answers too_many_pings.
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.keepalive_timeout_ms", 5_000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1_000),
        ("grpc.enable_retries", 0),
    )
    if tls is None:
        return grpc.aio.insecure_channel(address, options=options)
    return grpc.aio.secure_channel(address, tls.asking(), options=options)


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
            out = outgoing(call, method)
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


class Peers(dict[str, Peer]):
    """The other services by name, each reached the way this process reaches it."""

    def __init__(
        self,
        signer: ServiceSigner | None,
        *,
        addresses: Mapping[str, str] | None = None,
        servers: Mapping[str, Server] | None = None,
        tls: TLS | None = None,
    ) -> None:
        super().__init__()
        self._signer = signer
        self._addresses = addresses or {}
        self._servers = servers
        self._tls = tls

    def __missing__(self, name: str) -> Peer:
        peer: Peer
        if self._servers is not None:
            peer = LocalPeer(name, self._signer, self._servers)
        elif name in self._addresses:
            peer = RemotePeer(name, self._addresses[name], self._signer, tls=self._tls)
        else:
            raise LookupError(f"no address is set for the service {name!r}")
        self[name] = peer
        return peer

    async def close(self) -> None:
        for peer in self.values():
            await peer.close()
