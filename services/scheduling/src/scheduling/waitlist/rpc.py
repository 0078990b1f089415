"""The Waitlist service: each method is one use case and one transaction."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import events_pb2
from caseload.scheduling.v1 import waitlist_pb2 as pb
from caseload.scheduling.v1.waitlist_rpc import WaitlistServicer
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record, Transaction
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import page
from chassis.protobuf.fields import fill, given
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import booking, time_rules
from scheduling.appointments import rules as appointments
from scheduling.appointments.clients import ActiveClients
from scheduling.appointments.mapping import new_row, seal, to_columns, to_event
from scheduling.appointments.merged_clients import survivor_named
from scheduling.appointments.practitioners import standing
from scheduling.busy_periods import store as busy_periods
from scheduling.busy_periods.rules import REFUSING, resources
from scheduling.waitlist import rules, store, workflow
from scheduling.waitlist.mapping import to_change, to_details, to_message


class Waitlist(WaitlistServicer[UnitOfWork]):
    """Methods ask other services and fetch the keys before their first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, clients: ActiveClients, users: UsersStub) -> None:
        self._keys = keys
        self._clients = clients
        self._users = users

    async def JoinWaitlist(self, request: pb.JoinWaitlistRequest, work: UnitOfWork) -> pb.WaitlistEntry:
        wanted = given(request)
        earliest, latest = rules.check_window(wanted["earliest"], wanted["latest"], now=work.now)
        client_id, practitioner_id, service_id = (
            UUID(value) if (value := wanted[name]) else None for name in ("client_id", "practitioner_id", "service_id")
        )
        if client_id is None:
            raise nothing_here()
        appointments.check_client(is_active=await self._clients.is_active(client_id, work))
        if practitioner_id is not None:
            await self._check_practitioner(practitioner_id, work)
        await booking.service_terms(work, service_id, kept=None)
        async with survivor_named(work, client_id):
            entry = await work.db.one(
                store.add,
                id=uuid7(),
                client_id=client_id,
                practitioner_id=practitioner_id,
                service_id=service_id,
                earliest=earliest,
                latest=latest,
                created_by=work.user_id,
                now=work.now,
            )
        work.emit(to_change(entry))
        work.note(entry_id=str(entry["id"]))
        return to_message(entry)

    async def ListWaitlist(self, request: pb.ListWaitlistRequest, work: UnitOfWork) -> pb.WaitlistPage:
        window, wanted = page(request), given(request)
        filters = {name: wanted[name] for name in store.FILTERS if wanted[name] is not None}
        total = (await work.db.one(store.count(filters), **filters))["total"]
        rows = await work.db.all(store.page(filters), **filters, limit=window.limit, offset=window.offset) if total else []
        return pb.WaitlistPage(items=[to_message(row) for row in rows], total=total)

    async def WithdrawEntry(self, request: pb.WithdrawEntryRequest, work: UnitOfWork) -> pb.WithdrawEntryResponse:
        found = await workflow.lock(work, request.entry_id)
        rules.check_live(found.entry["status"])
        offer_id = None
        if found.offer is not None and found.opening is not None:
            offer_id = found.offer["id"]
            await workflow.end_offer(work, found.offer, found.opening, "withdrawn")
            await workflow.go_on(work, found.opening)
        entry = await workflow.set_status(work, found.entry, "withdrawn", offer_id=offer_id)
        work.note(entry_id=request.entry_id)
        return pb.WithdrawEntryResponse(client_id=str(entry["client_id"]))

    async def AcceptOffer(self, request: pb.AcceptOfferRequest, work: UnitOfWork) -> pb.WaitlistEntry:
        return to_message(await self._accept(request.entry_id, work))

    async def IssueOffer(self, request: pb.IssueOfferRequest, work: UnitOfWork) -> pb.IssuedOffer:
        token = OpaqueToken.generate(work.workspace_id, UUID(request.offer_id))
        offer = await work.db.one(store.get_offer, id=request.offer_id)
        kept = await work.db.maybe(store.keep_token, id=offer["id"], token_hash=token.hash)
        if kept is None or offer["offered_until"] <= work.now:
            raise rules.offer_lapsed()
        entry = await work.db.one(store.get, id=offer["entry_id"])
        return fill(pb.IssuedOffer(client_id=str(entry["client_id"]), token=str(token)), offer)

    async def ReadOffer(self, request: pb.ReadOfferRequest, work: UnitOfWork) -> pb.LinkedOffer:
        return await _linked(await _find(request.token, work.db, work), work)

    async def AcceptByLink(self, request: pb.AcceptByLinkRequest, work: UnitOfWork) -> pb.LinkedOffer:
        async with work.beside(work.workspace_id) as look:
            offer = await _find(request.token, look, work)
        if offer["status"] == "open":
            await self._accept(str(offer["entry_id"]), work, offer_id=offer["id"])
        elif offer["status"] != "accepted":
            raise rules.offer_lapsed()
        return await _linked(await _find(request.token, work.db, work), work)

    async def _accept(self, entry_id: str, work: UnitOfWork, *, offer_id: UUID | None = None) -> Record:
        """Books what is offered to the entry. Returns the entry. Raises Conflict if nothing is offered.

        With `offer_id` books that offer alone; one that was accepted a moment ago stays so.
        """
        keys = await self._keys.of(work.workspace_id)
        async with work.beside(work.workspace_id) as look:
            seen = await look.one(store.get, id=entry_id)
            offered = await look.maybe(store.offered_practitioner, entry_id=entry_id)
        if offer_id is None:
            rules.check_acceptable(seen["status"], seen["offered_until"], now=work.now)
        appointments.check_client(is_active=await self._clients.is_active(seen["client_id"], work))
        if offered is not None:
            await self._check_practitioner(offered["practitioner_id"], work)
        found = await workflow.lock(work, entry_id)
        if offer_id is not None and (await work.db.one(store.get_offer, id=offer_id))["status"] == "accepted":
            return found.entry
        rules.check_acceptable(found.entry["status"], found.entry["offered_until"], now=work.now)
        if found.offer is None or found.opening is None or offer_id not in (None, found.offer["id"]):
            raise rules.offer_lapsed()
        return await _book(work, keys, found.entry, found.offer, found.opening)

    async def _check_practitioner(self, practitioner_id: UUID, work: UnitOfWork) -> None:
        """Raises NotFound for an unknown practitioner, Invalid for one who does not work or treat here any more."""
        appointments.check_practitioner(**(await standing(self._users, practitioner_id, work))._asdict())


async def _find(text: str, db: Transaction, work: UnitOfWork) -> Record:
    """The offer that the token is of. Raises NotFound for a token that is none, or no longer."""
    token = OpaqueToken.parse(text)
    offer = None
    if token is not None and token.workspace_id == work.workspace_id:
        offer = await db.maybe(store.find_offer, id=token.row_id, token_hash=token.hash)
    if offer is None:
        raise rules.link_unknown()
    return offer


async def _linked(offer: Record, work: UnitOfWork) -> pb.LinkedOffer:
    entry = await work.db.one(store.get, id=offer["entry_id"])
    is_accepted = offer["status"] == "accepted"
    return pb.LinkedOffer(
        client_id=str(entry["client_id"]),
        starts_at=to_timestamp(offer["starts_at"]),
        is_open=offer["status"] == "open" and offer["offered_until"] > work.now,
        is_accepted=is_accepted,
        appointment_id=str(entry["appointment_id"]) if is_accepted else None,
    )


async def _book(work: UnitOfWork, keys: WorkspaceKeys, entry: Record, offer: Record, opening: Record) -> Record:
    """Books what is offered; everything is locked. Returns the entry."""
    details = to_details(offer, opening, entry)
    terms = await booking.terms(
        work, details.service_id, details.location_id, kept_service=details.service_id, kept_location=details.location_id
    )
    given_back = await work.db.maybe(store.zone_of, appointment_id=opening["appointment_id"])
    details = replace(details, payment_price=terms.price, time_zone=None if given_back is None else given_back["time_zone"])
    busy = offer["busy_from"], offer["busy_until"]
    periods = time_rules.busy_periods(details, busy, is_room=terms.is_room)
    # What is held becomes free for it. Whoever gives back and takes has the calendars alone.
    await work.db.run(busy_periods.lock_alone, resource_ids=resources(periods, REFUSING))
    await workflow.end_offer(work, offer, opening, "accepted")

    appointment = to_columns(details, busy, appointment_id=uuid7())
    # A client who accepts by a link has booked it themself.
    appointment |= {"created_by": work.caller.user_id or entry["client_id"], "created_at": work.now, "updated_at": work.now}

    def sealed_with(overbooking: dict[str, Any]) -> bytes:
        return seal(details, keys, new_row(appointment | overbooking), work)

    booked = await booking.book(work, appointment, periods, sealed_with, allow_conflict=False, has_written=True)
    work.emit(to_event(events_pb2.AppointmentBooked, booked, by=work.caller.user_id))
    # What is left of the opening may still be something for somebody.
    await workflow.go_on(work, opening)
    changed = await workflow.set_status(work, entry, "booked", offer_id=offer["id"], appointment_id=booked["id"])
    await workflow.close_others(work, entry)
    work.note(entry_id=str(entry["id"]))
    return changed
