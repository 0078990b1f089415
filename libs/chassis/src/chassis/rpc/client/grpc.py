"""A service behind a gRPC channel."""

from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from caseload.transport.v1 import stream_pb2
from chassis.auth.tokens import ServiceSigner
from chassis.context import Outgoing
from chassis.rpc import status as wire
from chassis.rpc.client.attempts import Ask, InternalFault, credentials, outgoing, patiently
from chassis.rpc.client.stream import Conversation
from chassis.rpc.method import Method, read
from chassis.rpc.stream_frames import ENVELOPE, LARGEST_SHARED
from chassis.rpc.tls import TLS
from chassis.rpc.transport import LARGEST_MESSAGE, LARGEST_REFUSAL
from chassis.work.unit_of_work import Call


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
            out = outgoing(call)
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
