"""A peer is another service, reached over gRPC or in the same process; its refusals are raised again here.

A generated stub is built on a peer: `ClientsStub(peer)`, then `await stub.GetClient(request, work.context)`.
"""

from collections.abc import Mapping
from typing import Protocol

from google.protobuf.descriptor import MethodDescriptor

from chassis.auth.tokens import ServiceSigner
from chassis.rpc.client.attempts import Ask
from chassis.rpc.client.grpc import RemotePeer
from chassis.rpc.client.in_process import LocalPeer
from chassis.rpc.handler import Handler
from chassis.rpc.tls import TLS


class Peer(Protocol):
    """Another service: makes one caller per method, and says whether it is ready."""

    def __call__(self, descriptor: MethodDescriptor) -> Ask: ...

    async def ready(self) -> bool: ...

    async def close(self) -> None: ...


class Peers(dict[str, Peer]):
    """The other services by name, each reached the way this process reaches it."""

    def __init__(
        self,
        signer: ServiceSigner | None,
        *,
        addresses: Mapping[str, str] | None = None,
        servers: Mapping[str, Handler] | None = None,
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
