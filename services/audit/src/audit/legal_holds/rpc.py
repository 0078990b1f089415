"""The LegalHolds service: each method is one use case."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from audit.legal_holds import mapping, rules, store
from caseload.audit.v1 import events_pb2
from caseload.audit.v1 import legal_holds_pb2 as pb
from caseload.audit.v1.legal_holds_rpc import LegalHoldsServicer
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.context import Caller
from chassis.encryption.key_store import Keys
from chassis.errors import NotFound
from chassis.paging import page
from chassis.protobuf.fields import given
from chassis.rpc.client.peers import Peer
from chassis.work.unit_of_work import UnitOfWork


class LegalHolds(LegalHoldsServicer[UnitOfWork]):
    """Whoever destroys locks first and then asks for holds; whoever places a hold writes it first and then looks whether its client is there still.

    So of the two, at least one sees the other.
    """

    def __init__(self, keys: Keys, peers: Mapping[str, Peer]) -> None:
        self._keys = keys
        self._peers = peers

    @cached_property
    def _clients(self) -> ClientsStub:
        return ClientsStub(self._peers["clients"])

    @cached_property
    def _users(self) -> UsersStub:
        return UsersStub(self._peers["identity"])

    async def ListLegalHolds(self, request: pb.ListLegalHoldsRequest, work: UnitOfWork) -> pb.LegalHoldPage:
        window = page(request)
        keys = await self._keys.of(work.workspace_id)
        found = await work.db.all(store.page, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count)
        return pb.LegalHoldPage(items=[mapping.from_row(row, keys) for row in found], total=total["total"])

    async def PlaceLegalHold(self, request: pb.PlaceLegalHoldRequest, work: UnitOfWork) -> pb.LegalHold:
        wanted = given(request)
        rules.check_subject(wanted["client_id"], wanted["user_id"])
        reason = rules.check_reason(request.reason)
        keys = await self._keys.of(work.workspace_id)
        await self._check_is_here(wanted, work)
        subject: dict[str, Any] = {name: wanted[name] for name in ("client_id", "user_id")}
        begun = {
            **subject,
            "id": uuid7(),
            "version": 1,
            "created_by": work.user_id,
            "created_at": work.now,
            "released_at": None,
            "released_by": None,
        }
        sealed = mapping.seal(reason, keys, begun, work)
        columns = {**subject, "id": begun["id"], "created_by": work.user_id, "sealed": sealed}
        async with work.beside(work.workspace_id) as tx:
            await tx.run(store.begin, **columns, pending_until=work.now + rules.PLACED_WITHIN, now=work.now)
        # Again: an erasure that was decided before it could know of this hold is over when this is answered.
        await self._check_is_here(wanted, work)
        return mapping.from_row(await work.db.one(store.place, id=begun["id"]), keys)

    async def ReleaseLegalHold(self, request: pb.ReleaseLegalHoldRequest, work: UnitOfWork) -> pb.LegalHold:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.hold_id)
        hold = mapping.from_row(row, keys)
        if row["released_at"] is not None:
            return hold
        changed = {**row, "version": row["version"] + 1, "released_at": work.now, "released_by": work.user_id}
        sealed = mapping.seal(hold.reason, keys, changed, work)
        released = await work.db.one(store.release, id=row["id"], released_by=work.user_id, sealed=sealed, now=work.now)
        work.emit(events_pb2.LegalHoldReleased(hold_id=request.hold_id))
        return mapping.from_row(released, keys)

    async def CheckHeld(self, request: pb.CheckHeldRequest, work: UnitOfWork) -> pb.Held:
        rules.check_number(len(request.client_ids))
        more = await work.db.one(store.on_more)
        if more["everything"]:
            return pb.Held(client_ids=request.client_ids, any=True)
        held = await work.db.all(store.on_clients, client_ids=[UUID(client_id) for client_id in request.client_ids])
        return pb.Held(client_ids=[str(row["client_id"]) for row in held], any=more["anything"])

    async def _check_is_here(self, wanted: dict[str, Any], work: UnitOfWork) -> None:
        """Raises NotFound for a client or a user who is not of this workspace."""
        ours = replace(
            work.context, caller=Caller(workspace_id=work.workspace_id, service=work.database.schema), token="", idempotency_key=None
        )
        if wanted["client_id"] is not None:
            await self._clients.ConfirmClient(clients_pb2.ConfirmClientRequest(client_id=wanted["client_id"]), ours)
        if wanted["user_id"] is not None:
            try:
                await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=wanted["user_id"]), ours)
            except NotFound:
                raise NotFound("user_not_found", "Nobody here has this id.") from None
