"""The connection to one instance of a service: the stream that calls share, and the channel for those that go alone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc

from caseload.transport.v1 import stream_pb2
from chassis.context import RequestContext, deadline_exceeded
from chassis.errors import Unavailable
from chassis.rpc import status
from chassis.rpc.client.addresses import Address
from chassis.rpc.client.attempts import InternalFault
from chassis.rpc.client.stream import NotTakenError, StreamClient
from chassis.rpc.method import Method
from chassis.rpc.stream_frames import ENVELOPE, GREETING, LARGEST_SHARED, to_call
from chassis.rpc.tls import TLS
from chassis.rpc.transport import FLOW_CONTROL, LARGEST_MESSAGE, LARGEST_REFUSAL, to_metadata

# Of the calls that go alone, when the instance is gone from the addresses.
_SECONDS_TO_RETIRE = 30.0
# How much later gRPC's own deadline is than that of a request in pieces.
_SECONDS_LATER = 1.0
# After an answer that the instance is not able to give one.
_SECONDS_AVOIDED = 2.0


class Connection:
    """To one instance. `changed` is called whenever it becomes usable, or is no longer."""

    def __init__(self, peer: str, address: Address, tls: TLS | None, changed: Callable[[], None]) -> None:
        self._peer = peer
        self._channel: Any = _channel(address, tls)
        self._send: dict[str, Any] = {}
        self.stream = StreamClient(peer, self._channel, changed)
        # How many calls are under way, and when the last one began, as a number that grows.
        self.outstanding = 0
        self.last_used = 0
        # Until then, in the loop's time, others are preferred: an instance that fails at once is never busy, and would get most calls.
        self.avoided_until = 0.0
        self._idle = asyncio.Event()
        self._idle.set()
        self.stream.open()

    @property
    def usable(self) -> bool:
        """Whether the instance takes calls. One that knows no streams is asked call by call."""
        return self.stream.up or self.stream.unknown

    async def call(self, method: Method, raw: bytes, context: RequestContext, token: str, seconds: float) -> bytes:
        """The serialised reply. Raises NotTakenError when the instance has not begun the call, else the Refusal, or InternalFault."""
        with self._under_way():
            if self.stream.up and len(raw) <= LARGEST_SHARED:
                return await self._on_stream(to_call(context, method.path, raw, seconds, token), seconds)
            return await self._alone(method, raw, context, token, seconds)

    async def send(
        self, method: Method, raw: bytes, pieces: AsyncIterator[bytes], context: RequestContext, token: str, seconds: float
    ) -> bytes:
        """As `call`, for a request in pieces, which is its first message. Once one of the others is asked for, there is no NotTakenError."""
        with self._under_way():
            try:
                async with asyncio.timeout(seconds):
                    return await self._in_pieces(method, raw, pieces, context, token, seconds)
            except TimeoutError:
                raise deadline_exceeded() from None

    async def serves(self) -> bool:
        """Whether the instance's own health check says that it serves."""
        check = self._channel.unary_unary("/grpc.health.v1.Health/Check")
        try:
            answer: bytes = await check(b"", timeout=2.0)
        except grpc.aio.AioRpcError:
            return False
        # HealthCheckResponse{status = SERVING}
        return answer == b"\x08\x01"

    async def retire(self) -> None:
        """Asks nothing more, and closes when what was asked is answered."""
        try:
            async with asyncio.timeout(_SECONDS_TO_RETIRE):
                await self.stream.retire()
                await self._idle.wait()
        except TimeoutError:
            pass
        finally:
            await self.close()

    async def close(self) -> None:
        await self.stream.close()
        await self._channel.close()

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        self.outstanding += 1
        self._idle.clear()
        try:
            yield
        except (Unavailable, InternalFault):
            self.avoided_until = asyncio.get_running_loop().time() + _SECONDS_AVOIDED
            raise
        finally:
            self.outstanding -= 1
            if not self.outstanding:
                self._idle.set()

    async def _on_stream(self, call: stream_pb2.Call, seconds: float) -> bytes:
        response = await self.stream.send(call, seconds)
        match response.WhichOneof("outcome"):
            case "reply":
                return response.reply
            case "refused":
                raise status.unpacked(response.refused)
            case _:
                raise InternalFault(call.path)

    async def _alone(self, method: Method, raw: bytes, context: RequestContext, token: str, seconds: float) -> bytes:
        if method.path not in self._send:
            self._send[method.path] = self._channel.unary_unary(method.path)  # bytes in, bytes out
        try:
            answer: bytes = await self._send[method.path](raw, timeout=seconds, metadata=to_metadata(context, token))
        except grpc.aio.AioRpcError as error:
            raise self._failure(method, error) from None
        return answer

    async def _in_pieces(
        self, method: Method, raw: bytes, pieces: AsyncIterator[bytes], context: RequestContext, token: str, seconds: float
    ) -> bytes:
        # The caller gives up first: whoever writes when the call ends does not hear why.
        deadline = seconds + _SECONDS_LATER
        call = self._channel.stream_unary(method.path)(timeout=deadline, metadata=to_metadata(context, token))  # bytes in, bytes out
        try:
            await call.write(raw)
            # Whoever does not take the call, or refuses it, says so instead of greeting, and gets none of the body.
            if GREETING in tuple(await call.initial_metadata() or ()):
                async for piece in pieces:
                    try:
                        await call.write(piece)
                    except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                        # The call has ended, so the callee is gone: while it runs, it reads to the end.
                        raise status.unavailable(self._peer) from None
                await call.done_writing()
            answer: bytes = await call
        except grpc.aio.AioRpcError as error:
            raise self._failure(method, error) from None
        finally:
            # Does nothing once it has been answered.
            call.cancel()
        return answer

    def _failure(self, method: Method, error: grpc.aio.AioRpcError) -> Exception:
        """What the caller is told of a call that failed."""
        refusal = status.refusal_of(error, self._peer)
        if refusal is None:
            return InternalFault(f"{method.path}: {error.code().name}")
        if refusal.code == status.NOT_TAKEN:
            self.stream.leave()
            return NotTakenError()
        return refusal


def _channel(address: Address, tls: TLS | None) -> grpc.aio.Channel:
    options: list[tuple[str, str | int]] = [
        ("grpc.max_send_message_length", LARGEST_MESSAGE + ENVELOPE),
        ("grpc.max_receive_message_length", LARGEST_MESSAGE + ENVELOPE),
        ("grpc.max_metadata_size", LARGEST_REFUSAL),
        ("grpc.absolute_max_metadata_size", LARGEST_REFUSAL),
        # Above the server's minimum of ten seconds, or it answers too_many_pings.
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.keepalive_timeout_ms", 5_000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 500),
        ("grpc.enable_retries", 0),
        # Channels to one address would share a connection.
        ("grpc.use_local_subchannel_pool", 1),
        *FLOW_CONTROL,
    ]
    if address.name is not None:
        options.append(("grpc.default_authority", address.name))
    if tls is None:
        return grpc.aio.insecure_channel(address.target, options=options)
    if address.name is not None:
        options.append(("grpc.ssl_target_name_override", address.name))
    return grpc.aio.secure_channel(address.target, tls.asking(), options=options)
