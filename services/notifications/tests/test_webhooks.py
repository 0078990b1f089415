"""Webhooks are told what happens: signed, in order, at least once, and whatever other webhooks do."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks import Webhook
from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.notifications.v1 import webhooks_pb2 as pb
from caseload.notifications.v1.webhooks_rpc import WebhooksStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.testing.environment import start_environment
from notifications.__main__ import SERVICE
from notifications.webhooks.outgoing import Outgoing
from notifications.webhooks.sender import WebhookSender
from notifications.webhooks.worker import WebhookWorker

from .hospital import open_hospital
from .receivers import Receiver, listening, status
from .test_reminder_answers import CANCEL, CONFIRM, answer, decline, reminded

AHEAD = timedelta(days=7)
APPOINTMENTS = ("appointment.booked", "appointment.moved", "appointment.cancelled")


@pytest.fixture
async def receiver(servers) -> AsyncIterator[Receiver]:
    async with listening() as made:
        yield made


@pytest.fixture
async def another(servers) -> AsyncIterator[Receiver]:
    async with listening() as made:
        yield made


def stub(practice):
    return practice.environment.stub(WebhooksStub)


async def create(practice, url, *event_types):
    request = pb.CreateWebhookRequest(url=url, event_types=event_types or APPOINTMENTS)
    return await stub(practice).CreateWebhook(request, practice.call)


async def deliveries(practice, webhook):
    request = pb.ListDeliveriesRequest(webhook_id=webhook.id, page_size=100)
    return list((await stub(practice).ListDeliveries(request, practice.call)).items)


async def settled(practice, webhook, number=1):
    """The deliveries, newest first, when this many are not pending any more."""

    async def are_settled():
        found = await deliveries(practice, webhook)
        return found if sum(each.status != pb.DELIVERY_STATUS_PENDING for each in found) >= number else None

    return await practice.until(are_settled)


async def attempted(practice, webhook, attempts):
    """The only delivery when an attempt that failed is on record."""

    async def is_on_record():
        (found,) = await deliveries(practice, webhook)
        return found if found.attempts == attempts and found.HasField("next_attempt_at") else None

    return await practice.until(is_on_record)


async def make_due(practice, **but):
    sets = "".join(f", {name} = {value}" for name, value in but.items())
    await practice.look(
        f"UPDATE notifications.webhook_deliveries SET next_attempt_at = now(){sets} WHERE workspace_id = $1 AND status = 'pending'",
        practice.workspace_id,
    )
    await practice.look(
        "UPDATE notifications.webhook_queues SET due_at = now(), rests_until = NULL WHERE workspace_id = $1", practice.workspace_id
    )


async def listed(practice, webhook):
    found = (await stub(practice).ListWebhooks(pb.ListWebhooksRequest(), practice.call)).items
    return next(each for each in found if each.id == webhook.id)


async def test_a_step_of_an_alert_is_told_to_webhooks_and_to_the_administrators_where_none_listens(
    notifications_environment, mail_server, receiver
):
    hospital = await open_hospital(notifications_environment, mail_server)
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy({"channels": ["webhook"]})
    unheard = await nurse.raise_alert()
    await nurse.escalate(unheard)
    assert [(row["kind"], row["user_id"]) for row in await hospital.mails_of(unheard)] == [("alert_unattended", hospital.owner_id)]

    created = await create(hospital, receiver.url, "alert.escalated")
    alert = await nurse.raise_alert(drill=True)
    await nurse.escalate(alert)
    await settled(hospital, created.webhook)
    (request,) = receiver.taken
    assert (request.type, request.data) == (
        "alert.escalated",
        {"alert_id": alert.id, "department_id": None, "priority": "high", "drill": True, "level": 1, "version": 2},
    )
    assert await hospital.mails_of(alert) == []


async def test_a_step_of_an_alert_does_not_wait_for_the_one_before_it_nor_for_a_receiver_that_rests(
    notifications_environment, mail_server, receiver
):
    hospital = await open_hospital(notifications_environment, mail_server)
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy({"channels": ["webhook"]})
    created = await create(hospital, receiver.url, "alert.escalated")
    alert = await nurse.raise_alert()
    receiver.answer = lambda _request: status("503 Away")
    await nurse.escalate(alert)
    await attempted(hospital, created.webhook, 1)
    await hospital.look(
        "UPDATE notifications.webhook_queues SET rests_until = now() + interval '10 minutes', failures = 9 WHERE webhook_id = $1",
        UUID(created.webhook.id),
    )
    receiver.answer = lambda _request: status("200 OK")

    await nurse.escalate(alert)
    await hospital.until(lambda: len(receiver.taken) == 2)
    assert [request.data["version"] for request in receiver.taken] == [2, 3]
    assert [each.attempts for each in await deliveries(hospital, created.webhook)] == [1, 1]


async def test_a_step_of_an_alert_is_sent_before_what_waits_in_other_webhooks(notifications_environment, mail_server, receiver):
    hospital = await open_hospital(notifications_environment, mail_server)
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy({"channels": ["webhook"]})
    poller = hospital.environment.runtime("notifications").once(WebhookWorker).poller
    before, poller._concurrency = poller._concurrency, 0
    try:
        others = {(await create(hospital, receiver.url)).webhook.id for _ in range(2)}
        await hospital.book(await hospital.client(), AHEAD)
        await make_due(hospital)
        told = await create(hospital, receiver.url, "alert.escalated")
        await nurse.escalate(await nurse.raise_alert())
        claims = []
        while found := await poller._claim(1):
            claims += [str(claim.webhook_id) for claim in found if claim.workspace_id == hospital.workspace_id]
    finally:
        poller._concurrency = before
    assert (claims[0], set(claims[1:])) == (told.webhook.id, others)


async def test_an_appointment_is_told_signed_in_order_and_without_phi(practice, receiver):
    created = await create(practice, receiver.url)
    client = await practice.client()
    booked = await practice.book(client, AHEAD)
    await practice.move(booked, AHEAD * 2, settle=False)
    await practice.cancel(booked)
    found = await settled(practice, created.webhook, 3)

    assert receiver.types() == ["appointment.booked", "appointment.moved", "appointment.cancelled"]
    # They are on record as they came in; in order is what is sent.
    on_record = {delivery.id: delivery for delivery in found}
    assert len(on_record) == len(receiver.taken)
    for request in receiver.taken:
        delivery = on_record[request.id]
        assert Webhook(created.secret).verify(request.body, request.headers)["type"] == delivery.event_type
        assert (delivery.status, delivery.attempts, delivery.response_status) == (pb.DELIVERY_STATUS_DELIVERED, 1, 204)
        assert request.data["appointment_id"] == booked.id
        assert client.id.encode() not in request.body
    first = receiver.taken[0].data
    assert first.keys() == {"appointment_id", "practitioner_id", "starts_at", "ends_at", "version"}
    assert [request.data["version"] for request in receiver.taken] == [1, 2, 3]
    assert abs(datetime.fromisoformat(json.loads(receiver.taken[0].body)["timestamp"]) - datetime.now(UTC)) < timedelta(minutes=2)


async def test_what_clients_answer_to_reminders_is_told(practice, receiver, mail_server):
    created = await create(
        practice, receiver.url, "appointment.confirmed", "appointment.cancellation_asked", "appointment.cancellation_declined"
    )
    _, booked, token, _ = await reminded(practice, mail_server)
    await answer(practice, token, CONFIRM)
    await answer(practice, token, CANCEL)
    await decline(practice, booked)
    await settled(practice, created.webhook, 3)
    assert receiver.types() == ["appointment.confirmed", "appointment.cancellation_asked", "appointment.cancellation_declined"]
    asked, declined = (taken.data for taken in receiver.taken[1:])
    assert (asked.keys(), asked["appointment_id"], asked["version"]) == ({"appointment_id", "asked_at", "version"}, booked.id, 3)
    assert (declined.keys(), declined["appointment_id"], declined["version"]) == (
        {"appointment_id", "declined_at", "version"},
        booked.id,
        4,
    )


async def test_clients_are_told_as_created_changed_and_erased(practice, receiver):
    created = await create(practice, receiver.url, "client.created", "client.changed", "client.erased")
    client = await practice.client()
    clients = practice.environment.stub(ClientsStub)
    await clients.DeactivateClient(clients_pb2.DeactivateClientRequest(client_id=client.id), practice.call)
    await practice.environment.settle()
    await settled(practice, created.webhook, 2)
    await clients.EraseClient(clients_pb2.EraseClientRequest(client_id=client.id), practice.call)
    await practice.environment.settle()
    await practice.until(lambda: len(receiver.taken) == 3)

    assert [(request.type, request.data) for request in receiver.taken] == [
        ("client.created", {"client_id": client.id, "version": 1}),
        ("client.changed", {"client_id": client.id, "version": 2}),
        ("client.erased", {"client_id": client.id}),
    ]
    # What was told of the client is forgotten with them.
    assert [each.event_type for each in await settled(practice, created.webhook)] == ["client.erased"]


async def test_a_webhook_is_told_what_it_has_asked_for_of_its_own_workspace_alone(practice, neighbour, receiver):
    await create(practice, receiver.url, "appointment.cancelled")
    theirs = await neighbour.book(await neighbour.client(), AHEAD)
    await neighbour.cancel(theirs)
    ours = await practice.book(await practice.client(), AHEAD)
    await practice.cancel(ours)
    await practice.until(lambda: receiver.taken)

    assert [(request.type, request.data["appointment_id"]) for request in receiver.taken] == [("appointment.cancelled", ours.id)]


async def test_the_address_and_the_secrets_are_stored_sealed(practice, receiver):
    created = await create(practice, receiver.url)
    rotated = await stub(practice).RotateSecret(pb.RotateSecretRequest(webhook_id=created.webhook.id), practice.call)
    async with practice.environment.superuser() as connection:
        for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'notifications'"):
            text = "".join(str(dict(r)) for r in await connection.fetch(f"SELECT * FROM notifications.{row['tablename']}"))
            for secret in (created.secret, rotated.secret, "of=caseload"):
                assert secret not in text
                assert secret.removeprefix("whsec_") not in text
    shown = await listed(practice, created.webhook)
    assert (shown.url, shown.is_active, list(shown.event_types)) == (receiver.url, True, list(APPOINTMENTS))


async def test_for_a_day_after_a_rotation_both_secrets_sign_and_no_third_one_is_made(practice, receiver):
    created = await create(practice, receiver.url)
    request = pb.RotateSecretRequest(webhook_id=created.webhook.id)
    rotated = await stub(practice).RotateSecret(request, practice.call)
    with pytest.raises(Conflict) as refused:
        await stub(practice).RotateSecret(request, practice.call)
    await practice.book(await practice.client(), AHEAD)
    await settled(practice, created.webhook)
    await practice.look("UPDATE notifications.webhooks SET former_until = now() WHERE id = $1", UUID(created.webhook.id))
    await practice.book(await practice.client(), AHEAD * 2)
    await settled(practice, created.webhook, 2)

    assert refused.value.code == "secret_rotated_lately"
    during, after = receiver.taken
    for secret in (created.secret, rotated.secret):
        Webhook(secret).verify(during.body, during.headers)
    Webhook(rotated.secret).verify(after.body, after.headers)
    assert len(after.headers["webhook-signature"].split(" ")) == 1
    third = await stub(practice).RotateSecret(request, practice.call)
    assert third.secret not in {created.secret, rotated.secret}


async def test_two_rotations_at_once_make_one_secret(practice, receiver):
    created = await create(practice, receiver.url)
    request = pb.RotateSecretRequest(webhook_id=created.webhook.id)
    answers = await asyncio.gather(*(stub(practice).RotateSecret(request, practice.call) for _ in range(4)), return_exceptions=True)
    assert Counter(type(answer) for answer in answers) == {pb.WebhookWithSecret: 1, Conflict: 3}


async def test_a_failed_message_is_sent_again_under_its_id_and_holds_up_its_own_appointment_alone(practice, receiver, another):
    created, other = await create(practice, receiver.url), await create(practice, another.url)
    broken = await practice.book(await practice.client(), AHEAD, settle=False)
    receiver.answer = lambda request: status("500 No") if request.data["appointment_id"] == broken.id else status("200 OK")
    await practice.move(broken, AHEAD * 2)
    fine = await practice.book(await practice.client(), AHEAD * 3)
    await settled(practice, other.webhook, 3)
    await practice.until(lambda: len(receiver.taken) == 2)

    assert {(request.type, request.data["appointment_id"]) for request in receiver.taken} == {
        ("appointment.booked", broken.id),
        ("appointment.booked", fine.id),
    }
    receiver.answer = lambda _request: status("200 OK")
    await settled(practice, created.webhook, 1)
    await make_due(practice)
    await settled(practice, created.webhook, 3)
    of_broken = [request for request in receiver.taken if request.data["appointment_id"] == broken.id]
    assert [request.type for request in of_broken] == ["appointment.booked", "appointment.booked", "appointment.moved"]
    assert of_broken[0].id == of_broken[1].id
    assert of_broken[0].body == of_broken[1].body
    assert len(another.taken) == 3


async def test_what_comes_late_is_sent_before_what_waits(practice, receiver):
    """The events of an appointment come through queues of their own, so in any order."""
    created = await create(practice, receiver.url)
    environment = practice.environment
    poller = environment.runtime("notifications").once(WebhookWorker).poller
    poller._concurrency = 0
    booked = await practice.book(await practice.client(), AHEAD)
    await practice.move(booked, AHEAD * 2)
    await practice.look(
        "UPDATE notifications.webhook_deliveries SET next_attempt_at = now() - interval '1 minute'"
        " WHERE workspace_id = $1 AND event_type = 'appointment.moved'",
        practice.workspace_id,
    )
    poller._concurrency = 32
    await settled(practice, created.webhook, 2)
    assert receiver.types() == ["appointment.booked", "appointment.moved"]


async def test_a_receiver_that_does_not_answer_holds_up_no_other(practice, neighbour, receiver, another):
    silent, fine = await create(practice, receiver.url), await create(practice, another.url)
    receiver.answers.clear()
    for number in range(1, 7):
        await practice.book(await practice.client(), AHEAD * number, settle=False)
    await practice.environment.settle()
    found = await settled(practice, fine.webhook, 6)

    assert {each.status for each in found} == {pb.DELIVERY_STATUS_DELIVERED}
    assert {each.status for each in await deliveries(practice, silent.webhook)} == {pb.DELIVERY_STATUS_PENDING}
    # After some failures in a row it is asked one message at a time, with pauses.

    async def rests():
        (row,) = await practice.look(
            "SELECT failures, rests_until > now() AS rests FROM notifications.webhook_queues WHERE webhook_id = $1", UUID(silent.webhook.id)
        )
        return row["failures"] >= 3 and row["rests"]

    await practice.until(rests)


async def test_a_receiver_is_given_the_pause_that_it_asks_for(practice, receiver):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: status("429 Too Many", "Retry-After: 3600")
    await practice.book(await practice.client(), AHEAD)
    found = await attempted(practice, created.webhook, 1)
    (queue,) = await practice.look("SELECT rests_until FROM notifications.webhook_queues WHERE webhook_id = $1", UUID(created.webhook.id))

    assert found.response_status == 429
    assert timedelta(minutes=55) < found.next_attempt_at.ToDatetime(UTC) - datetime.now(UTC) <= timedelta(hours=1)
    assert queue["rests_until"] > datetime.now(UTC) + timedelta(minutes=55)


async def test_a_receiver_that_is_gone_is_sent_nothing_more_and_the_owner_is_told(practice, receiver, mail_server):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: status("410 Gone")
    # It answers when both messages are on record: none would be added for a webhook that is disabled already.
    receiver.answers.clear()
    booked = await practice.book(await practice.client(), AHEAD, settle=False)
    await practice.move(booked, AHEAD * 2)
    assert len(await deliveries(practice, created.webhook)) == 2
    receiver.answers.set()
    found = await settled(practice, created.webhook, 2)

    assert len(receiver.taken) == 1
    assert [each.status for each in found] == [pb.DELIVERY_STATUS_FAILED] * 2
    shown = await listed(practice, created.webhook)
    assert (shown.is_active, shown.disabled_reason) == (False, "gone")
    (mail,) = await practice.until(lambda: mail_server.to(practice.owner_email))
    assert mail["Subject"] == "A webhook of your workspace was disabled"
    assert "127.0.0.1" not in mail.as_string()
    with pytest.raises(Conflict) as refused:
        await stub(practice).RetryDelivery(pb.RetryDeliveryRequest(webhook_id=created.webhook.id, delivery_id=found[0].id), practice.call)
    assert refused.value.code == "webhook_disabled"
    await practice.book(await practice.client(), AHEAD * 3)
    assert len(await deliveries(practice, created.webhook)) == 2


async def test_a_disabled_webhook_is_enabled_again_for_what_happens_from_then_on(practice, receiver, mail_server):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: status("410 Gone")
    await practice.book(await practice.client(), AHEAD)
    await settled(practice, created.webhook, 1)
    receiver.answer = lambda _request: status("200 OK")

    request = pb.EnableWebhookRequest(webhook_id=created.webhook.id)
    enabled = await stub(practice).EnableWebhook(request, practice.call)
    assert (enabled.is_active, enabled.HasField("disabled_reason")) == (True, False)
    assert await stub(practice).EnableWebhook(request, practice.call) == enabled
    await practice.book(await practice.client(), AHEAD * 2)
    assert [each.status for each in await settled(practice, created.webhook, 2)] == [
        pb.DELIVERY_STATUS_DELIVERED,
        pb.DELIVERY_STATUS_FAILED,
    ]

    receiver.answer = lambda _request: status("410 Gone")
    await practice.book(await practice.client(), AHEAD * 3)
    await settled(practice, created.webhook, 3)
    await practice.until(lambda: len(mail_server.to(practice.owner_email)) == 2)


async def test_an_old_message_that_is_sent_again_and_not_taken_does_not_disable_an_enabled_webhook(practice, receiver, mail_server):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: status("410 Gone")
    await practice.book(await practice.client(), AHEAD)
    (old,) = await settled(practice, created.webhook, 1)
    await practice.look("UPDATE notifications.webhook_deliveries SET give_up_at = now() WHERE workspace_id = $1", practice.workspace_id)
    await stub(practice).EnableWebhook(pb.EnableWebhookRequest(webhook_id=created.webhook.id), practice.call)

    receiver.answer = lambda _request: status("503 Away")
    await stub(practice).RetryDelivery(pb.RetryDeliveryRequest(webhook_id=created.webhook.id, delivery_id=old.id), practice.call)
    await settled(practice, created.webhook, 1)
    assert [(each.status, each.response_status) for each in await deliveries(practice, created.webhook)] == [
        (pb.DELIVERY_STATUS_FAILED, 503)
    ]
    assert (await listed(practice, created.webhook)).is_active


async def test_a_receiver_that_has_accepted_nothing_for_three_days_is_disabled(practice, receiver, mail_server):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: status("503 Away")
    await practice.book(await practice.client(), AHEAD)
    await attempted(practice, created.webhook, 1)
    await make_due(practice, give_up_at="now()")
    (found,) = await settled(practice, created.webhook)

    assert (found.status, found.response_status, found.attempts) == (pb.DELIVERY_STATUS_FAILED, 503, 2)
    assert not found.HasField("next_attempt_at")
    assert (await listed(practice, created.webhook)).disabled_reason == "unanswered"
    assert await practice.until(lambda: mail_server.to(practice.owner_email))


async def test_one_message_that_is_never_accepted_does_not_disable_a_receiver_that_takes_others(practice, receiver, mail_server):
    created = await create(practice, receiver.url)
    broken = await practice.book(await practice.client(), AHEAD, settle=False)
    receiver.answer = lambda request: status("422 No") if request.type == "appointment.booked" else status("200 OK")
    await practice.environment.settle()
    await attempted(practice, created.webhook, 1)
    other = await create(practice, receiver.url, "appointment.cancelled")
    receiver.answer = lambda request: status("422 No") if request.data["appointment_id"] == broken.id else status("200 OK")
    await practice.book(await practice.client(), AHEAD * 2)
    await settled(practice, created.webhook, 1)
    await make_due(practice, give_up_at="now()")
    found = await settled(practice, created.webhook, 2)

    assert {each.status for each in found} == {pb.DELIVERY_STATUS_DELIVERED, pb.DELIVERY_STATUS_FAILED}
    assert (await listed(practice, created.webhook)).is_active
    assert (await listed(practice, other.webhook)).is_active
    # The next one about the same appointment goes on.
    receiver.answer = lambda _request: status("200 OK")
    await practice.move(broken, AHEAD * 3)
    await settled(practice, created.webhook, 3)
    assert receiver.types()[-1] == "appointment.moved"


async def test_a_delivery_is_sent_again_on_request(practice, receiver):
    created = await create(practice, receiver.url)
    await practice.book(await practice.client(), AHEAD)
    (delivered,) = await settled(practice, created.webhook)
    request = pb.RetryDeliveryRequest(webhook_id=created.webhook.id, delivery_id=delivered.id)
    again = await stub(practice).RetryDelivery(request, practice.call)
    assert again.status == pb.DELIVERY_STATUS_PENDING
    await practice.until(lambda: len(receiver.taken) == 2)

    assert receiver.taken[0].id == receiver.taken[1].id == delivered.id
    Webhook(created.secret).verify(receiver.taken[1].body, receiver.taken[1].headers)
    (found,) = await settled(practice, created.webhook)
    assert found.attempts == 2


async def test_a_webhook_of_another_workspace_is_not_found(practice, neighbour, receiver):
    created = await create(practice, receiver.url)
    await practice.book(await practice.client(), AHEAD)
    (delivered,) = await settled(practice, created.webhook)
    theirs = await create(neighbour, receiver.url)
    call, id_ = neighbour.call, created.webhook.id
    for asked in (
        lambda: stub(neighbour).DeleteWebhook(pb.DeleteWebhookRequest(webhook_id=id_), call),
        lambda: stub(neighbour).EnableWebhook(pb.EnableWebhookRequest(webhook_id=id_), call),
        lambda: stub(neighbour).RotateSecret(pb.RotateSecretRequest(webhook_id=id_), call),
        lambda: stub(neighbour).ListDeliveries(pb.ListDeliveriesRequest(webhook_id=id_), call),
        lambda: stub(neighbour).RetryDelivery(pb.RetryDeliveryRequest(webhook_id=id_, delivery_id=delivered.id), call),
        lambda: stub(neighbour).RetryDelivery(pb.RetryDeliveryRequest(webhook_id=theirs.webhook.id, delivery_id=delivered.id), call),
    ):
        with pytest.raises(NotFound):
            await asked()
    assert [each.id for each in (await stub(neighbour).ListWebhooks(pb.ListWebhooksRequest(), call)).items] == [theirs.webhook.id]
    assert (await settled(practice, created.webhook))[0].attempts == 1


async def test_webhooks_are_for_those_who_administer_a_workspace(practice, receiver):
    nurse = practice.environment.caller(workspace_id=practice.workspace_id, scopes={"clients:read", "workspace:write"})
    with pytest.raises(Forbidden):
        await stub(practice).CreateWebhook(pb.CreateWebhookRequest(url=receiver.url, event_types=APPOINTMENTS), nurse)
    with pytest.raises(Forbidden):
        await stub(practice).ListWebhooks(pb.ListWebhooksRequest(), nurse)


async def test_a_deleted_webhook_is_sent_nothing_and_leaves_nothing(practice, receiver):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: status("500 No")
    await practice.book(await practice.client(), AHEAD)
    await attempted(practice, created.webhook, 1)
    await stub(practice).DeleteWebhook(pb.DeleteWebhookRequest(webhook_id=created.webhook.id), practice.call)
    await practice.book(await practice.client(), AHEAD * 2)

    for table in ("webhooks", "webhook_deliveries", "webhook_queues"):
        assert await practice.look(f"SELECT 1 FROM notifications.{table} WHERE workspace_id = $1", practice.workspace_id) == []
    with pytest.raises(NotFound):
        await deliveries(practice, created.webhook)


async def test_a_workspace_has_at_most_ten(practice, receiver):
    answers = await asyncio.gather(*(create(practice, receiver.url) for _ in range(12)), return_exceptions=True)
    assert Counter(type(answer) for answer in answers) == {pb.WebhookWithSecret: 10, Conflict: 2}


async def test_an_event_that_is_announced_again_is_told_once(practice, receiver):
    """As an erasure announces it until everybody has finished."""
    created = await create(practice, receiver.url, "client.erased")
    client_id = str(uuid7())
    for _ in range(2):
        async with practice.environment.runtime("clients").background(practice.workspace_id) as work:
            work.emit(clients_events.ClientErased(client_id=client_id))
        await practice.environment.settle()
    assert len(await settled(practice, created.webhook)) == 1
    assert len(receiver.taken) == 1


# ---- what a hostile receiver does


async def test_no_redirect_is_followed(practice, receiver, another):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: status("301 Moved", f"Location: {another.url}")
    await practice.book(await practice.client(), AHEAD)

    assert (await attempted(practice, created.webhook, 1)).response_status == 301
    assert another.taken == []


async def test_of_an_answer_the_head_alone_is_read(practice, receiver):
    created = await create(practice, receiver.url)
    receiver.answer = lambda _request: b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nThe first of a billion bytes"
    await practice.book(await practice.client(), AHEAD)
    (found,) = await settled(practice, created.webhook)
    assert found.status == pb.DELIVERY_STATUS_DELIVERED


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000, b"HTTP/1.1 200 OK\r\n" * 3, b""]
)
async def test_what_is_no_answer_is_a_failure(receiver, answer, notifications_environment):
    outgoing = notifications_environment.runtime("notifications").once(WebhookWorker).outgoing
    receiver.answer = lambda _request: answer
    found = await outgoing.post(receiver.url, b"{}", {})
    assert found.status is None
    assert found.error in {"not_reachable", "no_answer_in_time"}


async def test_a_byte_a_moment_does_not_make_an_answer_last_longer(servers, notifications_environment):
    settings = notifications_environment.runtime("notifications").settings
    outgoing = Outgoing(settings.model_copy(update={"webhook_seconds": 0.5}))

    async def drip(_reader, writer):
        try:
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X" * 1000:
                writer.write(bytes((byte,)))
                await writer.drain()
                await asyncio.sleep(0.1)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    try:
        found = await outgoing.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", b"{}", {})
    finally:
        server.close()
    assert found.error == "no_answer_in_time"


async def test_cookies_are_not_kept(receiver, notifications_environment):
    outgoing = notifications_environment.runtime("notifications").once(WebhookWorker).outgoing
    receiver.answer = lambda _request: status("200 OK", "Set-Cookie: a=b; Path=/")
    for _ in range(2):
        await outgoing.post(receiver.url, b"{}", {})
    assert ["cookie" in request.headers for request in receiver.taken] == [False, False]


# ---- where messages may go


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://10.0.0.1/",
        "https://[::1]:1/",
        "http://8.8.8.8/",
        "https://metadata.invalid/",
    ],
)
async def test_nothing_is_sent_inside(notifications_environment, url):
    settings = notifications_environment.runtime("notifications").settings.model_copy(update={"webhook_private_networks": "127.9.9.9/32"})
    if "::1" in url:
        settings = settings.model_copy(update={"webhook_private_networks": "10.1.0.0/16"})
    assert (await Outgoing(settings).post(url, b"{}", {})).error == "address_not_allowed"


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost", "localhost."])
async def test_loopback_has_many_names_and_all_are_refused(receiver, notifications_environment, host):
    settings = notifications_environment.runtime("notifications").settings.model_copy(update={"webhook_private_networks": "10.1.0.0/16"})
    assert (await Outgoing(settings).post(f"http://{host}:{receiver.port}/", b"{}", {})).error == "address_not_allowed"
    assert receiver.taken == []


async def test_a_name_with_one_address_inside_is_refused_and_what_was_checked_is_what_is_asked(
    receiver, notifications_environment, monkeypatch
):
    settings = notifications_environment.runtime("notifications").settings.model_copy(update={"webhook_private_networks": "127.0.0.1/32"})
    outgoing, asked = Outgoing(settings), Counter()

    def resolve(host, port, **_options):
        asked[host] += 1
        addresses = {"both.example": ["127.0.0.1", "10.0.0.7"], "rebound.example": ["127.0.0.1"] if asked[host] == 1 else ["10.0.0.7"]}
        return [(2, 1, 6, "", (address, port)) for address in addresses[host]]

    monkeypatch.setattr("chassis.outgoing.transport.socket.getaddrinfo", resolve)
    assert (await outgoing.post(f"http://both.example:{receiver.port}/", b"{}", {})).error == "address_not_allowed"
    assert (await outgoing.post(f"http://rebound.example:{receiver.port}/", b"{}", {})).status == 204
    assert asked["rebound.example"] == 1
    (request,) = receiver.taken
    assert request.headers["host"] == f"rebound.example:{receiver.port}"


async def test_name_servers_that_take_their_time_keep_nobody_elses_messages(receiver, notifications_environment, monkeypatch):
    settings = notifications_environment.runtime("notifications").settings.model_copy(update={"webhook_private_networks": "127.0.0.1/32"})
    outgoing, slow, asked = Outgoing(settings), threading.Event(), Counter()

    def resolve(host, port, **_options):
        asked[host] += 1
        if host.endswith(".slow.example"):
            slow.wait(20)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("chassis.outgoing.transport.socket.getaddrinfo", resolve)
    # As many messages at a time as the webhooks of one workspace are sent.
    hosts = [f"h{number}.slow.example" for number in range(10)]
    waiting = [asyncio.create_task(outgoing.post(f"http://{host}:{receiver.port}/", b"{}", {})) for host in hosts for _ in range(4)]
    try:
        await asyncio.sleep(0.1)
        assert (await outgoing.post(f"http://prompt.example:{receiver.port}/", b"{}", {})).status == 204
        assert asked == {"prompt.example": 1, **dict.fromkeys(hosts, 1)}
    finally:
        slow.set()
    assert {answer.status for answer in await asyncio.gather(*waiting)} == {204}


async def test_without_networks_of_the_operator_plain_addresses_are_refused_at_once(notifications_environment):
    settings = notifications_environment.runtime("notifications").settings.model_copy(update={"webhook_private_networks": ""})
    takes = Outgoing(settings).takes
    assert not takes("http://hooks.example/")
    assert takes("https://hooks.example/")


async def test_an_address_that_is_none_is_refused(practice):
    for url in ("ftp://x.example", "https://user:word@x.example/", "https://x.example/#a", "https://10.0.0.1/", "https://[fd00::1]/", ""):
        with pytest.raises(Invalid) as refused:
            await create(practice, url)
        assert [fault.pointer for fault in refused.value.faults] == ["/url"]


# ---- several instances, and killed ones


async def test_two_instances_send_no_message_twice(practice, receiver, postgres):
    environment = practice.environment
    hooks = [(await create(practice, receiver.url)).webhook for _ in range(8)]
    own = {**_own(environment), "peers": {name: runtime.settings.listen for name, runtime in environment.runtimes.items()}}
    async with start_environment(postgres, SERVICE, beside=environment, relay=False, settings={"notifications": own}) as other:
        claimed = Counter()
        for name, sender in (("first", environment), ("second", other)):
            _count(sender.runtime("notifications").once(WebhookWorker).poller, claimed, name)
        for number in range(1, 4):
            await practice.book(await practice.client(), AHEAD * number, settle=False)
            await environment.settle()
            for webhook in hooks:
                await settled(practice, webhook, number)

    assert Counter(Counter(request.id for request in receiver.taken).values()) == {1: 24}
    assert claimed["first"] + claimed["second"] >= 8


async def test_a_message_whose_sender_was_killed_is_sent_again_by_another(practice, receiver, tmp_path):
    environment = practice.environment
    # This process sends nothing meanwhile, so that the message is sent by the process that is killed.
    poller = environment.runtime("notifications").once(WebhookWorker).poller
    poller._concurrency = 0
    created = await create(practice, receiver.url)
    receiver.answers.clear()
    await practice.book(await practice.client(), AHEAD)
    sender = await _sender(environment, tmp_path)
    receiver.on_request = lambda _request: sender.kill() if len(receiver.taken) == 1 else None
    async with asyncio.timeout(40):
        assert await sender.wait() == -signal.SIGKILL
    (row,) = await practice.look("SELECT status FROM notifications.webhook_deliveries WHERE webhook_id = $1", UUID(created.webhook.id))
    assert row["status"] == "sending"

    receiver.answers.set()
    # Instead of waiting for the lease of the one who was killed.
    await practice.look("UPDATE notifications.webhook_queues SET leased_until = now() WHERE workspace_id = $1", practice.workspace_id)
    poller._concurrency = 32
    (found,) = await settled(practice, created.webhook)
    assert (found.status, found.attempts) == (pb.DELIVERY_STATUS_DELIVERED, 2)
    assert len({request.id for request in receiver.taken}) == 1
    assert len(receiver.taken) == 2


async def test_who_has_lost_the_lease_changes_nothing_but_a_success(practice, receiver):
    environment = practice.environment
    runtime = environment.runtime("notifications")
    created = await create(practice, receiver.url)
    poller = runtime.once(WebhookWorker).poller
    poller._concurrency = 0
    await practice.book(await practice.client(), AHEAD)
    await practice.until(lambda: deliveries(practice, created.webhook))
    sender = poller._claim.__self__
    assert isinstance(sender, WebhookSender)
    await make_due(practice)
    # Those of other tests may be due before.
    (claim,) = [claim for claim in await sender.claim(1000) if str(claim.webhook_id) == created.webhook.id]
    # Another one takes it over while the message is on its way.
    receiver.on_request = lambda _request: steal.set()
    receiver.answers.clear()
    steal = asyncio.Event()
    sending = asyncio.create_task(sender.send(claim))
    async with asyncio.timeout(40):
        await steal.wait()
    await practice.look(
        "UPDATE notifications.webhook_queues SET leased_until = now() + interval '1 hour' WHERE webhook_id = $1", UUID(created.webhook.id)
    )
    receiver.answer = lambda _request: status("500 No")
    receiver.answers.set()
    await sending
    (row,) = await practice.look(
        "SELECT status, response_status FROM notifications.webhook_deliveries WHERE webhook_id = $1", UUID(created.webhook.id)
    )
    assert (row["status"], row["response_status"]) == ("sending", None)
    await practice.look("UPDATE notifications.webhook_queues SET leased_until = NULL WHERE webhook_id = $1", UUID(created.webhook.id))
    receiver.answer = lambda _request: status("200 OK")
    poller._concurrency = 32
    assert (await settled(practice, created.webhook))[0].status == pb.DELIVERY_STATUS_DELIVERED


async def _sender(environment, tmp_path):
    """Starts another process of the service that consumes events and sends messages."""
    settings = environment.runtime("notifications").settings
    values = {**_own(environment), "peers": json.dumps({name: runtime.settings.listen for name, runtime in environment.runtimes.items()})}
    for name in ("environment", "database_url", "eraser_database_url", "keyring_file", "service_keys_dir"):
        value = getattr(settings, name)
        values[name] = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
    env = {**os.environ, **{f"CASELOAD_{name.upper()}": str(value) for name, value in values.items()}}
    with (tmp_path / "sender.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(sys.executable, "-m", "notifications", "react", env=env, stdout=log, stderr=log)


def _own(environment):
    settings = environment.runtime("notifications").settings
    names = (
        "sending_poll_seconds",
        "webhook_private_networks",
        "webhook_settling_seconds",
        "webhook_seconds",
        "webhook_lease_seconds",
        "mail_from",
    )
    return {**{name: getattr(settings, name) for name in names}, "smtp_url": settings.smtp_url.get_secret_value()}


def _count(poller, claimed, name):
    handle = poller._handle

    async def counted(claim):
        claimed[name] += 1
        await handle(claim)

    poller._handle = counted
