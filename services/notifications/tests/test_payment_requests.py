"""Requests to pay: mailed once, for what is still to be paid."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.scheduling.v1 import appointments_pb2, services_pb2
from caseload.scheduling.v1 import payments_pb2 as pb
from caseload.scheduling.v1.payments_rpc import PaymentsStub
from caseload.scheduling.v1.services_rpc import ServicesStub
from chassis.protobuf.timestamps import to_datetime

from .conftest import open_practice

LINK = {
    "payment_mode": pb.PAYMENT_MODE_SMART_LINK,
    "payment_link_type": pb.PAYMENT_LINK_TYPE_CUSTOM,
    "payment_link_template": "https://pay.example.com/{reference}?amount={amount}",
    "payment_provider": "Tranzila",
}
BANK = {
    "payment_mode": pb.PAYMENT_MODE_SMART_LINK,
    "payment_link_type": pb.PAYMENT_LINK_TYPE_BANK,
    "bank_account_details": "Lakeside <Practice>\nIBAN DE02",
}


@pytest.fixture
async def unpaid(practice):
    """A client with an appointment that costs 80.00."""
    client = await practice.client()
    appointment = await practice.book(client, timedelta(days=3))
    await practice.change(appointment, payment_price="80.00")
    return client, appointment


async def ask(practice, appointment, **settings):
    stub = practice.environment.stub(PaymentsStub)
    await stub.SetPaymentSettings(pb.SetPaymentSettingsRequest(**settings), practice.call)
    await stub.RequestPayment(pb.RequestPaymentRequest(appointment_id=appointment.id), practice.call)


async def status(practice):
    rows = await practice.look(
        "SELECT status FROM notifications.mails WHERE workspace_id = $1 AND kind = 'payment_request'", practice.workspace_id
    )
    return rows[0]["status"] if rows else None


async def ended(practice):
    async def end():
        found = await status(practice)
        return found if found not in {None, "pending", "sending"} else None

    return await practice.until(end)


async def test_a_client_is_mailed_the_link_once_and_the_trail_says_so(practice, mail_server, unpaid):
    client, appointment = unpaid
    await ask(practice, appointment, **LINK)

    assert await ended(practice) == "sent"
    (mail,) = mail_server.to(client.email)
    text = mail.get_body(("plain",)).get_content()
    assert f"https://pay.example.com/{appointment.id}?amount=80.00" in text
    assert "Hello Ada," in text
    local = to_datetime(appointment.scheduled_start).astimezone(ZoneInfo("Europe/Berlin"))
    assert f"asks you to pay 80.00 for your appointment on {local:%A}, {local.day} {local:%B} {local.year} at {local:%H:%M %Z}" in text
    assert "Tranzila" in text
    assert "Lovelace" not in mail.as_string()
    await practice.environment.settle()
    lines = await practice.environment.emitted(audit_pb.AuditRecorded, practice.workspace_id)
    told = [(line.resource_id, line.facts["status"]) for line in lines if line.event_type == "send_payment_request"]
    assert told == [(appointment.id, "sent")]


async def test_a_client_who_pays_by_transfer_is_mailed_the_account_and_no_markup(practice, mail_server, unpaid):
    client, appointment = unpaid
    await ask(practice, appointment, **BANK)

    assert await ended(practice) == "sent"
    (mail,) = mail_server.to(client.email)
    assert f"give this reference: {UUID(appointment.id).hex[-8:].upper()}" in mail.get_body(("plain",)).get_content()
    assert "IBAN DE02" in mail.get_body(("plain",)).get_content()
    assert "Lakeside &lt;Practice&gt;" in mail.get_body(("html",)).get_content()


async def test_the_mail_names_the_currency_of_the_service(practice, mail_server, unpaid):
    client, appointment = unpaid
    offer = services_pb2.CreateServiceRequest(name="Massage", default_duration_minutes=60, price_minor_units=8000, currency="EUR")
    service = await practice.environment.stub(ServicesStub).CreateService(offer, practice.call)
    await practice.change(appointment, service_id=service.id)
    await ask(practice, appointment, **BANK)

    assert await ended(practice) == "sent"
    (mail,) = mail_server.to(client.email)
    assert "pay 80.00 EUR for your appointment" in mail.get_body(("plain",)).get_content()


async def test_a_client_is_asked_in_the_language_of_the_workspace(notifications_environment, mail_server):
    paris = await open_practice(notifications_environment, mail_server, locale="fr")
    client = await paris.client()
    appointment = await paris.book(client, timedelta(days=3))
    await paris.change(appointment, payment_price="80.00")
    await ask(paris, appointment, **LINK)

    assert await ended(paris) == "sent"
    (mail,) = mail_server.to(client.email)
    assert mail["Subject"] == "Demande de paiement de Lakeside & Partners"
    assert "régler 80,00 pour votre rendez-vous" in mail.get_body(("plain",)).get_content()
    # Where the link leads is not written in any language.
    assert f"https://pay.example.com/{appointment.id}?amount=80.00" in mail.get_body(("plain",)).get_content()
    assert 'lang="fr" dir="ltr"' in mail.get_body(("html",)).get_content()


async def test_who_has_paid_before_the_mail_went_out_is_not_asked(practice, mail_server, unpaid):
    client, appointment = unpaid
    mail_server.behaviour[client.email] = "defers"
    await ask(practice, appointment, **LINK)
    await practice.until(lambda: mail_server.attempts[client.email] >= 1)
    await practice.change(appointment, payment_status=appointments_pb2.PAYMENT_STATUS_PAID)
    mail_server.behaviour.pop(client.email)
    await practice.look("UPDATE notifications.mails SET next_attempt_at = now() WHERE workspace_id = $1", practice.workspace_id)

    assert await ended(practice) == "dropped"
    assert mail_server.to(client.email) == []


async def test_a_client_without_an_address_is_not_asked(practice, mail_server):
    client = await practice.client(email=None)
    appointment = await practice.book(client, timedelta(days=3))
    await practice.change(appointment, payment_price="80.00")
    await ask(practice, appointment, **LINK)

    assert await ended(practice) == "dropped"
