"""What is paid for appointments, and asking clients to pay, called over gRPC."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import appointments_pb2, events_pb2
from caseload.scheduling.v1 import payments_pb2 as pb
from caseload.scheduling.v1.payments_rpc import PaymentsStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from chassis.protobuf.timestamps import to_datetime
from chassis.rpc.client.attempts import InternalFault

PAID, NOT_PAID, SENT = (
    appointments_pb2.PAYMENT_STATUS_PAID,
    appointments_pb2.PAYMENT_STATUS_NOT_PAID,
    appointments_pb2.PAYMENT_STATUS_PAYMENT_SENT,
)
BY_LINK = {
    "payment_mode": pb.PAYMENT_MODE_SMART_LINK,
    "payment_link_type": pb.PAYMENT_LINK_TYPE_CUSTOM,
    "payment_link_template": "https://pay.example.com/{reference}?amount={amount}",
}


async def set_up(member, **settings):
    stub = member.environment.stub(PaymentsStub)
    return await stub.SetPaymentSettings(pb.SetPaymentSettingsRequest(**settings or BY_LINK), member.call)


async def link(member, appointment_id):
    return await member.environment.stub(PaymentsStub).GetPaymentLink(pb.GetPaymentLinkRequest(appointment_id=appointment_id), member.call)


async def ask(member, appointment_id):
    return await member.environment.stub(PaymentsStub).RequestPayment(pb.RequestPaymentRequest(appointment_id=appointment_id), member.call)


async def requests(member):
    return await member.environment.emitted(events_pb2.PaymentRequested, member.workspace_id)


async def test_an_appointment_costs_what_its_service_costs(member):
    booked = await member.book(service_id=await member.offer(price_minor_units=8050, currency="EUR"))

    assert (booked.payment_price, booked.payment_status) == ("80.50", NOT_PAID)
    assert await member.get(booked.id) == booked
    assert not (await member.book(scheduled_start=datetime(2031, 3, 4, 9, tzinfo=UTC))).HasField("payment_price")


async def test_a_later_price_of_the_service_leaves_what_was_agreed(member):
    service_id = await member.offer(price_minor_units=8000, currency="EUR")
    booked = await member.book(service_id=service_id)
    dearer = await member.offer(price_minor_units=9000, currency="EUR")

    assert (await member.change(booked, notes="x")).payment_price == "80.00"
    assert (await member.change(booked, service_id=dearer)).payment_price == "90.00"


async def test_a_price_that_somebody_entered_stays_when_the_service_changes(member):
    booked = await member.book(service_id=await member.offer(price_minor_units=8000, currency="EUR"))
    await member.change(booked, payment_price="65")
    dearer = await member.offer(price_minor_units=9000, currency="EUR")

    assert (await member.change(booked, service_id=dearer)).payment_price == "65"


async def test_a_payment_is_recorded_with_who_when_and_how(member):
    booked = await member.book()
    before = datetime.now(UTC)
    paid = await member.change(
        booked,
        payment_price="70",
        payment_status=PAID,
        payment_method=appointments_pb2.PAYMENT_METHOD_CASH,
        payment_notes="in two notes",
    )

    assert (paid.payment_price, paid.payment_status, paid.payment_method) == ("70", PAID, appointments_pb2.PAYMENT_METHOD_CASH)
    assert paid.payment_notes == "in two notes"
    assert before <= to_datetime(paid.paid_at) <= datetime.now(UTC)
    assert paid.version == 2
    assert await member.get(booked.id) == paid
    line = (await member.audited("change_appointment"))[-1]
    assert (line.facts["payment_before"], line.facts["payment"]) == ("not_paid", "paid")
    assert not (await member.change(paid, payment_status=NOT_PAID)).HasField("paid_at")


async def test_notes_on_a_payment_are_stored_encrypted(member):
    booked = await member.change(await member.book(), payment_notes="Rosebud canary")

    async with member.environment.superuser() as connection:
        row = await connection.fetchrow("SELECT * FROM scheduling.appointments WHERE id = $1", UUID(booked.id))
        outbox = await connection.fetch("SELECT payload FROM scheduling.outbox WHERE workspace_id = $1", member.workspace_id)
    assert "osebud" not in repr(dict(row)) + repr([dict(line) for line in outbox])


@pytest.mark.parametrize(
    "forged", ["payment_price = 0", "payment_status = 'paid', paid_at = now()", "payment_method = 'cash'"], ids=lambda sql: sql.split()[0]
)
async def test_a_payment_that_is_forged_in_the_database_does_not_open(member, forged):
    booked = await member.change(await member.book(), payment_price="70")
    async with member.environment.superuser() as connection:
        await connection.execute(f"UPDATE scheduling.appointments SET {forged} WHERE id = $1", UUID(booked.id))

    with pytest.raises(InternalFault):
        await member.get(booked.id)


async def test_a_wrong_price_or_time_changes_nothing(member):
    booked = await member.book()
    for wrong in ({"payment_price": "-1"}, {"paid_at": datetime.now(UTC)}, {"payment_price": "1", "payment_status": None}):
        with pytest.raises(Invalid):
            await member.change(booked, **wrong)
    assert await member.get(booked.id) == booked


async def test_the_link_to_pay_has_the_price_and_says_nothing_of_the_client(member):
    booked = await member.book(service_id=await member.offer(price_minor_units=8000, currency="EUR"))
    with pytest.raises(Conflict, match="payment_link_not_set_up"):
        await link(member, booked.id)
    await set_up(member)

    shown = await link(member, booked.id)
    assert shown.payment_link == f"https://pay.example.com/{booked.id}?amount=80.00"
    assert (shown.amount, shown.display_text, shown.payment_type) == ("80.00", "pay.example.com", pb.PAYMENT_LINK_TYPE_CUSTOM)
    with pytest.raises(Conflict) as refused:
        await link(member, (await member.change(booked, payment_price=None)).id)
    assert refused.value.code == "payment_price_missing"


async def test_asking_to_pay_marks_the_appointment_and_announces_ids_alone(member):
    await set_up(member)
    booked = await member.change(await member.book(), payment_price="70")

    asked = await ask(member, booked.id)
    assert (asked.payment_status, asked.version) == (SENT, booked.version + 1)
    assert await member.get(booked.id) == asked
    (event,) = await requests(member)
    assert event.appointment_id == booked.id
    assert [line.facts["payment"] for line in await member.audited("request_payment")] == ["payment_sent"]
    with pytest.raises(TooMany):
        await ask(member, booked.id)
    assert await member.get(booked.id) == asked


async def test_of_many_who_ask_at_once_one_does(member):
    await set_up(member)
    booked = await member.change(await member.book(), payment_price="70")

    answers = await asyncio.gather(*(ask(member, booked.id) for _ in range(20)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Appointment", *["TooMany"] * 19]
    assert len(await requests(member)) == 1


async def test_nobody_is_asked_for_what_is_settled_has_no_price_or_no_way_to_be_paid(member):
    booked = await member.change(await member.book(), payment_price="70")
    with pytest.raises(Conflict) as refused:
        await ask(member, booked.id)
    assert refused.value.code == "payment_link_not_set_up"
    await set_up(member)
    for changes, code in (
        ({"payment_status": PAID}, "nothing_to_pay"),
        ({"payment_status": appointments_pb2.PAYMENT_STATUS_WAIVED}, "nothing_to_pay"),
        ({"payment_status": NOT_PAID, "payment_price": "0"}, "payment_price_missing"),
    ):
        await member.change(booked, **changes)
        with pytest.raises(Conflict) as refused:
            await ask(member, booked.id)
        assert refused.value.code == code
    assert await requests(member) == []


async def test_how_clients_pay_is_of_one_workspace_and_replaced_as_a_whole(member, outsider):
    await set_up(member)
    stub, nothing = member.environment.stub(PaymentsStub), pb.PaymentSettings()
    assert (await stub.GetPaymentSettings(pb.GetPaymentSettingsRequest(), member.call)).payment_link_template == BY_LINK[
        "payment_link_template"
    ]
    assert await stub.GetPaymentSettings(pb.GetPaymentSettingsRequest(), outsider.call) == nothing

    manual = await set_up(member, payment_mode=pb.PAYMENT_MODE_MANUAL)
    assert await stub.GetPaymentSettings(pb.GetPaymentSettingsRequest(), member.call) == manual
    assert not manual.HasField("payment_link_template")
    with pytest.raises(Invalid):
        await set_up(member, **BY_LINK | {"payment_link_template": "http://pay.example.com"})
    assert await stub.GetPaymentSettings(pb.GetPaymentSettingsRequest(), member.call) == manual


async def test_strangers_and_those_who_may_not_book_ask_nobody(member, outsider):
    await set_up(member)
    await set_up(outsider)
    booked = await member.change(await member.book(), payment_price="70")
    for stranger in (outsider.call,):
        for appointment_id in (booked.id, str(uuid7())):
            with pytest.raises(NotFound):
                await member.environment.stub(PaymentsStub).RequestPayment(
                    pb.RequestPaymentRequest(appointment_id=appointment_id), stranger
                )
            with pytest.raises(NotFound):
                await member.environment.stub(PaymentsStub).GetPaymentLink(
                    pb.GetPaymentLinkRequest(appointment_id=appointment_id), stranger
                )
    with pytest.raises(Forbidden):
        await ask(member.only("appointments:read"), booked.id)
    with pytest.raises(Forbidden):
        await set_up(member.only("appointments:write"))


async def test_what_a_mail_says_is_for_notifications_alone(member):
    await set_up(member)
    booked = await member.change(await member.book(), payment_price="70")
    await ask(member, booked.id)
    (event,) = await requests(member)
    request = pb.GetPaymentRequestRequest(payment_request_id=event.payment_request_id)

    with pytest.raises(Forbidden):
        await member.environment.stub(PaymentsStub).GetPaymentRequest(request, member.call)
