"""The Payments service: each method is one use case and one transaction."""

from dataclasses import asdict, replace
from decimal import Decimal
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2, events_pb2
from caseload.scheduling.v1 import payments_pb2 as pb
from caseload.scheduling.v1.payments_rpc import PaymentsServicer
from chassis.care_teams.access import CareTeams
from chassis.encryption.key_store import Keys
from chassis.errors import NotFound
from chassis.protobuf.fields import fill, given
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import booking
from scheduling.appointments import store as appointments
from scheduling.appointments.mapping import seal, to_details, to_message
from scheduling.payments import rules, store

_SENT = "payment_sent"


class Payments(PaymentsServicer[UnitOfWork]):
    def __init__(self, keys: Keys, care_teams: CareTeams) -> None:
        self._keys = keys
        self._care_teams = care_teams

    async def GetPaymentSettings(self, request: pb.GetPaymentSettingsRequest, work: UnitOfWork) -> pb.PaymentSettings:
        return fill(pb.PaymentSettings(), await work.db.maybe(store.get_settings) or {})

    async def SetPaymentSettings(self, request: pb.SetPaymentSettingsRequest, work: UnitOfWork) -> pb.PaymentSettings:
        settings = given(request)
        rules.check_settings(settings)
        await work.db.run(store.set_settings, **settings, now=work.now)
        work.note(payment_mode=settings["payment_mode"] or "none")
        return fill(pb.PaymentSettings(), settings)

    async def GetPaymentLink(self, request: pb.GetPaymentLinkRequest, work: UnitOfWork) -> pb.PaymentLink:
        row = await work.db.one(appointments.get, id=request.appointment_id)
        await self._care_teams.check(work, [row["client_id"]])
        return await self._link(row["id"], rules.check_priced(row["payment_price"]), work)

    async def RequestPayment(self, request: pb.RequestPaymentRequest, work: UnitOfWork) -> appointments_pb2.Appointment:
        keys = await self._keys.of(work.workspace_id)
        row = await booking.lock(work, request.appointment_id)
        # Refuses what could not be paid before anybody is asked.
        await self._link(row["id"], rules.check_payable(price=row["payment_price"], status=row["payment_status"]), work)
        last = await work.db.one(store.last_request, appointment_id=row["id"])
        rules.check_not_just_requested(last["at"], now=work.now)

        request_id = uuid7()
        await work.db.run(store.add_request, id=request_id, appointment_id=row["id"], requested_by=work.user_id, now=work.now)
        details = to_details(row, to_message(row, keys))
        requested = {**row, "payment_status": _SENT, "version": row["version"] + 1, "updated_at": work.now}
        sealed = seal(details, keys, requested, work)
        changed = await work.db.one(store.mark_requested, id=row["id"], payment_status=_SENT, sealed=sealed, now=work.now)
        await booking.record_change(work, changed, details, replace(details, payment_status=_SENT))
        work.emit(events_pb2.PaymentRequested(payment_request_id=str(request_id), appointment_id=str(row["id"])))
        work.note(payment=_SENT)
        return to_message(changed, keys)

    async def GetPaymentRequest(self, request: pb.GetPaymentRequestRequest, work: UnitOfWork) -> pb.PaymentRequest:
        row = await work.db.maybe(store.get_request, payment_request_id=request.payment_request_id)
        if row is None:
            raise NotFound("not_found", "There is no such request to pay.")
        price = rules.check_payable(price=row["payment_price"], status=row["payment_status"])
        link = await self._link(row["appointment_id"], price, work)
        return pb.PaymentRequest(
            appointment_id=str(row["appointment_id"]),
            client_id=str(row["client_id"]),
            link=link,
            starts_at=to_timestamp(row["scheduled_start"]),
            currency=row["currency"],
            reference=rules.short_reference(row["appointment_id"]),
        )

    async def _link(self, appointment_id: UUID, price: Decimal, work: UnitOfWork) -> pb.PaymentLink:
        settings = await work.db.maybe(store.get_settings)
        return fill(pb.PaymentLink(), asdict(rules.payment_link(settings, price, str(appointment_id))))
