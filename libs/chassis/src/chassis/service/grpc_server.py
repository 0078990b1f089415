"""A service's gRPC server: where it listens, what its connections may do, and what it says of its health."""

import asyncio
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from chassis.rpc.server.grpc import GrpcHandler
from chassis.rpc.server.server import Server
from chassis.rpc.server.stream import Listener
from chassis.rpc.stream_frames import ENVELOPE, SECONDS_ON_A_CONNECTION, SECONDS_TO_LEAVE_A_CONNECTION
from chassis.rpc.tls import TLS
from chassis.rpc.transport import FLOW_CONTROL, LARGEST_MESSAGE

# How long callers who have all their responses may take to close their streams.
_SECONDS_TO_CLOSE = 2.0
_SECONDS_BETWEEN_HEALTH = 1.0


class GrpcServer:
    """Serves calls over gRPC, alone and on streams. `address` is host:port or unix:/path; without `tls` it is in the clear."""

    def __init__(self, server: Server, address: str, tls: TLS | None) -> None:
        self._server = server
        self._names = sorted({method.service for method in server.methods})
        self._grpc = grpc.aio.server(
            options=(
                ("grpc.max_send_message_length", LARGEST_MESSAGE + ENVELOPE),
                ("grpc.max_receive_message_length", LARGEST_MESSAGE + ENVELOPE),
                ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.max_connection_age_ms", int(SECONDS_ON_A_CONNECTION * 1000)),
                ("grpc.max_connection_age_grace_ms", int(SECONDS_TO_LEAVE_A_CONNECTION * 1000)),
                ("grpc.so_reuseport", 0),
                *FLOW_CONTROL,
            )
        )
        self._listener = Listener(server)
        self._grpc.add_generic_rpc_handlers((GrpcHandler(server), self._listener.handler()))
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        reflection.enable_server_reflection((*self._names, "grpc.health.v1.Health", reflection.SERVICE_NAME), self._grpc)
        if address.startswith("unix:"):
            Path(address.removeprefix("unix:")).unlink(missing_ok=True)
        self.port = self._grpc.add_insecure_port(address) if tls is None else self._grpc.add_secure_port(address, tls.answering())

    async def start(self) -> None:
        await self._grpc.start()

    async def tell_health(self) -> None:
        """Says SERVING while the database answers, and not otherwise, until it is cancelled."""
        while True:
            ready = await self._server.ready()
            serving = health_pb2.HealthCheckResponse.SERVING if ready else health_pb2.HealthCheckResponse.NOT_SERVING
            for name in ("", *self._names):
                await self._health.set(name, serving)
            await asyncio.sleep(_SECONDS_BETWEEN_HEALTH)

    async def go_away(self) -> None:
        """Tells callers to call elsewhere."""
        await self._health.enter_graceful_shutdown()
        self._listener.go_away()

    async def close(self, grace: float) -> None:
        """Closes the streams, and then the connections; calls under way have `grace` seconds."""
        await self._listener.close(_SECONDS_TO_CLOSE)
        await self._grpc.stop(grace)
