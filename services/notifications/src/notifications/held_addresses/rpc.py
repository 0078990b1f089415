"""The HeldAddresses service: each method is one use case and one transaction."""

from caseload.notifications.v1 import held_addresses_pb2 as pb
from caseload.notifications.v1.held_addresses_rpc import HeldAddressesServicer
from chassis.db.errors import nothing_here
from chassis.paging import page
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from notifications.held_addresses import store


class HeldAddresses(HeldAddressesServicer[UnitOfWork]):
    async def ListHeldAddresses(self, request: pb.ListHeldAddressesRequest, work: UnitOfWork) -> pb.HeldAddressPage:
        window = page(request)
        found = await work.db.all(store.page, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count)
        return pb.HeldAddressPage(items=[fill(pb.HeldAddress(), row) for row in found], total=total["total"])

    async def LiftHold(self, request: pb.LiftHoldRequest, work: UnitOfWork) -> pb.LiftHoldResponse:
        """Forgets what is known of the address: it is as if nothing had been mailed there yet."""
        row = await work.db.one(store.get, id=request.held_address_id)
        if not await work.db.run(store.lift, id=row["id"]):
            # Somebody else was faster, or a mail was delivered meanwhile.
            raise nothing_here()
        work.note(reason=row["reason"], **({"client_id": str(row["client_id"])} if row["client_id"] else {}))
        return pb.LiftHoldResponse()
