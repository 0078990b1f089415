"""The mail of a request to pay: checked against what is to be paid now, and written when it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import workspaces_pb2
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import payments_pb2
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates, templates
from notifications.mail.channel import NotToBeSent
from notifications.stubs import Stubs


def payment_request_mail(runtime: Runtime, stubs: Stubs) -> Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]:
    """Composes the mail of a row. Raises a Refusal where nothing is to be paid any more, or the appointment or client is gone."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        asked = payments_pb2.GetPaymentRequestRequest(payment_request_id=str(row["id"]))
        request = await stubs.payments.GetPaymentRequest(asked, work.context)
        contact, workspace = await asyncio.gather(
            stubs.clients.GetContact(clients_pb2.GetContactRequest(client_id=request.client_id), work.context),
            stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context),
        )
        if not contact.is_active or not contact.email:
            raise NotToBeSent("dropped", "client_without_email")
        if workspace.status == workspaces_pb2.WORKSPACE_STATUS_SUSPENDED:
            raise NotToBeSent("dropped", "workspace_suspended")
        try:
            zone = dates.zone(contact.time_zone, workspace.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise NotToBeSent("failed", "time_zone_unknown") from None
        starts_at, locale = to_datetime(request.starts_at), dates.english(workspace.locale)
        has_link = request.link.HasField("payment_link")
        return (templates.PAYMENT_LINK if has_link else templates.PAYMENT_DETAILS).render(
            sender=runtime.settings.mail_from,
            sender_name=workspace.name,
            to=contact.email,
            message_id=templates.message_id("payment-request", row["id"]),
            now=datetime.now(UTC),
            first_name=contact.first_name,
            practice=workspace.name,
            amount=f"{request.link.amount} {request.currency}".rstrip(),
            day=dates.format_day(starts_at, zone, locale),
            time=dates.format_time(starts_at, zone, locale),
            reference=request.reference,
            way=request.link.display_text,
            **({"link": request.link.payment_link} if has_link else {}),
        )

    return compose


def record(work: UnitOfWork, row: Any, status: str, reason: str | None) -> None:
    """The audit line of a request that is not tried again. What was sent, or may have been, has told somebody of an appointment."""
    if row["kind"] != "payment_request":
        return
    action = options_pb2.ACTION_SHARE if status in {"sent", "unknown"} else options_pb2.ACTION_UPDATE
    facts = {"payment_request_id": row["id"], "status": status, **({"reason": reason} if reason else {})}
    record_effect(work, "send_payment_request", options_pb2.RESOURCE_APPOINTMENT, action, [row["appointment_id"]], **facts)
