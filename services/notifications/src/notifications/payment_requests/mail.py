"""The mail of a request to pay: checked against what is to be paid now, and written when it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.numbers import format_decimal

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import workspaces_pb2
from caseload.options.v1 import options_pb2
from caseload.scheduling.v1 import payments_pb2
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.reminder_templates import composing, rendering
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
        rendered = render(
            workspace,
            first_name=contact.first_name,
            starts_at=to_datetime(request.starts_at),
            zone=zone,
            amount=request.link.amount,
            currency=request.currency,
            reference=request.reference,
            way=request.link.display_text,
            link=request.link.payment_link,
        )
        own_id = message_id("payment-request", row["id"])
        return composing.compose_to_client(
            rendered, runtime.settings, workspace, to=contact.email, message_id=own_id, now=datetime.now(UTC)
        )

    return compose


def render(
    workspace: workspaces_pb2.Workspace,
    *,
    first_name: str,
    starts_at: datetime,
    zone: ZoneInfo,
    amount: str,
    currency: str,
    reference: str,
    way: str,
    link: str,
) -> rendering.Rendered:
    """The mail in the workspace's language. `way` is how to pay: by a `link`, the provider's name, else a text that may have several lines."""
    text = rendering.notice("payment_link" if link else "payment_details", workspace.locale)
    about = rendering.values(text.locale, workspace, first_name=first_name, starts_at=starts_at, zone=zone)
    sum_asked = f"{_as_usual(amount, text.locale)} {currency}".rstrip()
    return rendering.render(text, {**about, "amount": sum_asked, "reference": reference, "way": way, "link": link})


def _as_usual(amount: str, locale: Locale) -> str:
    """The amount with as many decimals, and the marks that are usual in the locale."""
    decimals = amount.partition(".")[2]
    written = format_decimal(Decimal(amount), format=f"#,##0.{'0' * len(decimals)}", locale=locale)
    # As for times: mail readers show the narrow space as a box.
    return written.replace("\u202f", "\N{NO-BREAK SPACE}")


def record(work: UnitOfWork, row: Any, status: str, reason: str | None) -> None:
    """The audit line of a request that is not tried again. What was sent, or may have been, has told somebody of an appointment."""
    if row["kind"] != "payment_request":
        return
    action = options_pb2.ACTION_SHARE if status in {"sent", "unknown"} else options_pb2.ACTION_UPDATE
    facts = {"payment_request_id": row["id"], "status": status, **({"reason": reason} if reason else {})}
    record_effect(work, "send_payment_request", options_pb2.RESOURCE_APPOINTMENT, action, [row["appointment_id"]], **facts)
