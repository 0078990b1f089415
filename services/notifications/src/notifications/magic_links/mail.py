"""The mail with a sign-in link. Its secret is issued when the mail is composed, and stored nowhere but in the mail."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote
from uuid import UUID

from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from chassis.errors import Refusal, Unavailable
from chassis.protobuf.timestamps import when
from chassis.service.runtime import Runtime
from notifications.magic_links import store
from notifications.mail import templates
from notifications.mail.sender import MailKind, NotToBeSent

Compose = Callable[[UUID, Any], Awaitable[EmailMessage]]

# The pause between attempts, and for how long they go on. For a link a person is waiting; one that has expired earlier is not issued.
_PATIENCE = {
    "magic_link": (timedelta(seconds=3), timedelta(hours=1)),
    "invitation": (timedelta(minutes=1), timedelta(days=1)),
}


def magic_link_mail(runtime: Runtime, sign_in: SignInStub, *, others: Mapping[str, Compose]) -> MailKind:
    """Mails with sign-in links, and the `others` that are sent from the same table, by their kind."""

    async def compose(workspace_id: UUID, row: Any) -> EmailMessage:
        """Issues a new secret, which invalidates that of an earlier attempt: its mail was not accepted."""
        if row["kind"] in others:
            return await others[row["kind"]](workspace_id, row)
        try:
            async with runtime.background(workspace_id) as work:
                link = await sign_in.IssueMagicLink(sign_in_pb2.IssueMagicLinkRequest(magic_link_id=str(row["id"])), work.context)
        except Unavailable:
            raise
        except Refusal as refusal:
            # The link has expired, was used, or was replaced by a newer one.
            raise NotToBeSent("dropped", refusal.code) from refusal
        return _render(row["id"], link, runtime.settings, now=datetime.now(UTC))

    return MailKind(
        name="mail",
        load=store.load,
        begin_sending=store.begin_sending,
        finish=store.finish,
        reschedule=store.reschedule,
        compose=compose,
        next_attempt_at=_next_attempt_at,
    )


def _next_attempt_at(row: Any, now: datetime) -> datetime | None:
    pause, valid = _PATIENCE[row["kind"]]
    return now + pause if now + pause < row["created_at"] + valid else None


def _render(mail_id: UUID, link: sign_in_pb2.MagicLink, settings: Any, *, now: datetime) -> EmailMessage:
    try:
        return templates.MAGIC_LINK.render(
            sender=settings.mail_from,
            to=link.email,
            message_id=templates.message_id("sign-in", mail_id),
            now=now,
            full_name=link.full_name,
            link=f"{settings.app_url.rstrip('/')}/auth/verify?token={quote(link.token, safe='')}",
            minutes=str(max(1, round((when(link.expires_at) - now).total_seconds() / 60))),
        )
    except ValueError:
        raise NotToBeSent("failed", "address_malformed") from None
