"""What scheduling has to know of clients: whether they are active."""

import logging
from dataclasses import replace
from uuid import UUID

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1.clients_rpc import ClientsStub
from chassis.auth.vouchers import holds
from chassis.context import Caller
from chassis.errors import Refusal
from chassis.rpc.client.attempts import InternalFault
from chassis.work.unit_of_work import UnitOfWork

_MOST_KEYS = 10_000
_log = logging.getLogger(__name__)


class ActiveClients:
    """Asks clients, unless a caller has brought its voucher."""

    def __init__(self, clients: ClientsStub) -> None:
        self._clients = clients
        # By workspace. The key of a workspace's vouchers never changes.
        self._keys: dict[UUID, bytes] = {}

    async def is_active(self, client_id: UUID, work: UnitOfWork, voucher: bytes = b"") -> bool:
        """Whether the client is active. Raises NotFound for a client of no or another workspace."""
        if voucher and (key := await self._key(work)) and holds(voucher, key, client_id, work.context, work.now):
            return True
        return (await self._clients.CheckClient(pb.CheckClientRequest(client_id=str(client_id)), work.context)).is_active

    async def _key(self, work: UnitOfWork) -> bytes:
        """The key of the workspace's vouchers; empty if clients does not tell it, as an instance of an earlier release."""
        key = self._keys.get(work.workspace_id)
        if key is None:
            # On this service's own behalf: no user may have the key.
            ours = replace(work.context, token="", caller=Caller(workspace_id=work.workspace_id, service=work.database.schema))
            try:
                key = (await self._clients.GetVoucherKey(pb.GetVoucherKeyRequest(), ours)).key
            except (Refusal, InternalFault) as failure:
                _log.info("clients does not tell the key of its vouchers", extra={"error": type(failure).__name__})
                return b""
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            self._keys[work.workspace_id] = key
        return key
