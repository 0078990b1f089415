"""The mail of an offer: sent while the offer stands, to whoever takes reminders by mail. The secret of its link is issued when it is composed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfoNotFoundError

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import workspaces_pb2
from caseload.scheduling.v1 import waitlist_pb2
from chassis.protobuf.timestamps import to_datetime
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.channel import NotToBeSent
from notifications.mail.message import message_id
from notifications.reminder_links import store as links
from notifications.reminder_templates import composing, rendering
from notifications.stubs import Stubs

_PAGE = "/waitlist/offer"


def waitlist_offer_mail(runtime: Runtime, stubs: Stubs) -> Callable[[Any, UnitOfWork], Awaitable[EmailMessage]]:
    """Composes the mail of a row. Raises a Refusal where the offer is over, or the client is gone."""

    async def compose(row: Any, work: UnitOfWork) -> EmailMessage:
        offer = await stubs.waitlist.IssueOffer(waitlist_pb2.IssueOfferRequest(offer_id=str(row["id"])), work.context)
        contact, workspace = await asyncio.gather(
            stubs.clients.GetContact(clients_pb2.GetContactRequest(client_id=offer.client_id), work.context),
            stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context),
        )
        if workspace.status != workspaces_pb2.WORKSPACE_STATUS_ACTIVE:
            raise NotToBeSent("dropped", "workspace_suspended")
        _check_takes_mail(contact)
        if "email" in {each["channel"] for each in await work.db.all(links.opt_outs_of, client_id=offer.client_id)}:
            raise NotToBeSent("dropped", "opted_out")
        try:
            zone = dates.zone(contact.time_zone, workspace.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise NotToBeSent("failed", "time_zone_unknown") from None
        text, offered_until = rendering.notice("offered", workspace.locale), to_datetime(offer.offered_until)
        about = rendering.values(text.locale, workspace, first_name=contact.first_name, starts_at=to_datetime(offer.starts_at), zone=zone)
        until = {
            "until_date": dates.format_day(offered_until, zone, text.locale),
            "until_time": dates.format_time(offered_until, zone, text.locale),
        }
        link = f"{runtime.settings.public_url}{_PAGE}?token={quote(offer.token, safe='')}"
        rendered = rendering.render(text, {**about, **until, "link": link})
        return composing.compose_to_client(
            rendered,
            runtime.settings,
            workspace,
            to=contact.email,
            message_id=message_id("waitlist-offer", row["id"]),
            now=datetime.now(UTC),
        )

    return compose


def _check_takes_mail(contact: clients_pb2.Contact) -> None:
    """Raises NotToBeSent for whoever would not be reminded by mail either."""
    if not contact.is_active or not contact.email:
        raise NotToBeSent("dropped", "client_without_email")
    if contact.reminders_withdrawn:
        raise NotToBeSent("dropped", "consent_withdrawn")
