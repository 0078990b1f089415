"""The HeldAddresses service: each method is one use case and one transaction."""

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import held_addresses_pb2 as pb
from caseload.notifications.v1.held_addresses_rpc import HeldAddressesServicer
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from notifications.held_addresses import store
from notifications.return_paths.workflow import index_of, is_held, record_success


class HeldAddresses(HeldAddressesServicer[UnitOfWork]):
    def __init__(self, keys: Keys, clients: ClientsStub, users: UsersStub) -> None:
        self._keys = keys
        self._clients = clients
        self._users = users

    async def ListHeldAddresses(self, request: pb.ListHeldAddressesRequest, work: UnitOfWork) -> pb.HeldAddressPage:
        window = page(request)
        found = await work.db.all(store.page, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count)
        return pb.HeldAddressPage(items=[fill(pb.HeldAddress(), row) for row in found], total=total["total"])

    async def LiftHold(self, request: pb.LiftHoldRequest, work: UnitOfWork) -> pb.LiftHoldResponse:
        """Forgets what is known of the client's address as it is now: it is as if nothing had been mailed there yet."""
        # Raises NotFound for another workspace's client, and Forbidden for one whose record the caller may not open.
        client = await self._clients.GetClient(clients_pb2.GetClientRequest(client_id=request.client_id), work.context)
        await self._lift(client.email, work)
        return pb.LiftHoldResponse()

    async def LiftUserHold(self, request: pb.LiftUserHoldRequest, work: UnitOfWork) -> pb.LiftUserHoldResponse:
        """The same of a user's address, which cannot be changed: without this, nothing would be mailed there for a year."""
        # Raises NotFound for another workspace's user.
        user = await self._users.GetUser(users_pb2.GetUserRequest(user_id=request.user_id), work.context)
        await self._lift(user.email, work)
        return pb.LiftUserHoldResponse()

    async def _lift(self, email: str, work: UnitOfWork) -> None:
        address = index_of(await self._keys.of(work.workspace_id), email)
        held = await is_held(work, address)
        await record_success(work, address)
        work.note(was_held="yes" if held else "no")
