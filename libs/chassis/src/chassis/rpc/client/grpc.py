"""A service behind a gRPC channel."""

from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from caseload.transport.v1 import stream_pb2
from chassis.auth.tokens import ServiceSigner
from chassis.context import RequestContext
from chassis.rpc import status
from chassis.rpc.client.attempts import Ask, InternalFault, attempts, sent_with, token_for
from chassis.rpc.client.stream import StreamClient
from chassis.rpc.method import Method, read
from chassis.rpc.stream_frames import ENVELOPE, LARGEST_SHARED, to_question
from chassis.rpc.tls import TLS
from chassis.rpc.transport import LARGEST_MESSAGE, LARGEST_REFUSAL, to_metadata


class RemotePeer:
    """A service behind a gRPC channel."""

    def __init__(
        self, name: str, address: str, signer: ServiceSigner | None, *, tls: TLS | None = None, channel: grpc.aio.Channel | None = None
    ) -> None:
        self.name = name
        self._signer = signer
        self._channel: Any = channel or _channel(address, tls)
        self._stream = StreamClient(name, self._channel)

    def __call__(self, descriptor: MethodDescriptor) -> Ask:
        method = read(descriptor)
        reply = GetMessageClass(descriptor.output_type)
        send = self._channel.unary_unary(method.path)  # bytes in, bytes out

        async def ask(request: Message, context: RequestContext) -> Any:
            context = sent_with(method, context)
            raw = request.SerializeToString()

            async def attempt(seconds: float) -> bytes:
                token = token_for(self.name, context, self._signer)
                if self._stream.up and len(raw) <= LARGEST_SHARED:
                    return await self._on_stream(method, to_question(context, method.path, raw, seconds, token), seconds)
                try:
                    answer: bytes = await send(raw, timeout=seconds, metadata=to_metadata(context, token))
                except grpc.aio.AioRpcError as error:
                    refusal = status.refusal_of(error, self.name)
                    if refusal is None:
                        raise InternalFault(f"{method.path}: {error.code().name}") from None
                    raise refusal from None
                return answer

            return reply.FromString(await attempts(method, context, attempt))

        return ask

    async def _on_stream(self, method: Method, question: stream_pb2.Question, seconds: float) -> bytes:
        answer = await self._stream.ask(question, seconds)
        match answer.WhichOneof("outcome"):
            case "reply":
                return answer.reply
            case "refused":
                raise status.unpacked(answer.refused)
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
        await self._stream.close()
        await self._channel.close()


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
