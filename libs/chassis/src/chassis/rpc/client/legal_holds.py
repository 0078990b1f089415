"""What must not be destroyed, as audit says: asked inside the transaction that destroys, when what it destroys is locked."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import Protocol
from uuid import UUID

from caseload.audit.v1 import legal_holds_pb2 as pb
from caseload.audit.v1.legal_holds_rpc import LegalHoldsStub
from chassis.context import Caller
from chassis.errors import Conflict
from chassis.rpc.client.peers import Peer
from chassis.work.unit_of_work import UnitOfWork


class LegalHolds(Protocol):
    """Raises Unavailable while nobody can say: then nothing is destroyed."""

    async def held(self, client_ids: Iterable[UUID], work: UnitOfWork) -> frozenset[UUID]:
        """Those of the clients of whom nothing may be destroyed."""

    async def is_any(self, work: UnitOfWork) -> bool:
        """Whether anything of the workspace is held."""


class HoldsOfAudit(LegalHolds):
    """Asks audit, which is not looked for before the first question."""

    def __init__(self, audit: Callable[[], Peer]) -> None:
        self._audit = audit

    @cached_property
    def _stub(self) -> LegalHoldsStub:
        return LegalHoldsStub(self._audit())

    async def held(self, client_ids: Iterable[UUID], work: UnitOfWork) -> frozenset[UUID]:
        return frozenset(map(UUID, (await self._ask([str(client_id) for client_id in client_ids], work)).client_ids))

    async def is_any(self, work: UnitOfWork) -> bool:
        return (await self._ask([], work)).any

    async def _ask(self, client_ids: list[str], work: UnitOfWork) -> pb.Held:
        # The service's own question, whoever has caused it.
        caller = Caller(workspace_id=work.workspace_id, service=work.caller.service)
        ours = replace(work.context, caller=caller, token="", idempotency_key=None)
        return await self._stub.CheckHeld(pb.CheckHeldRequest(client_ids=client_ids), ours)


async def check_not_held(holds: LegalHolds, client_id: UUID, work: UnitOfWork) -> None:
    """Raises Conflict while a hold keeps what there is of the client."""
    if await holds.held([client_id], work):
        raise Conflict("under_legal_hold", "A legal hold keeps this from being destroyed.")
