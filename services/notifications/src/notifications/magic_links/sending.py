"""Mailing a sign-in link: the secret is minted when it is mailed, and is kept nowhere but in the mail."""

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
from notifications.mail import letters
from notifications.mail.sending import Kind, NotToBeSent

# Somebody sits and waits: tried again quickly, and for no longer than the link could live.
_PAUSE = timedelta(seconds=3)
_LIFE = timedelta(minutes=10)


def magic_links(runtime: Runtime, sign_in: SignInStub) -> Kind:
    async def compose(workspace_id: UUID, row: Any) -> EmailMessage:
        """Voids the secret of an earlier attempt, if there was one: it reached nobody."""
        try:
            async with runtime.background(workspace_id) as work:
                link = await sign_in.IssueMagicLink(sign_in_pb2.IssueMagicLinkRequest(magic_link_id=str(row["id"])), work.context)
        except Unavailable:
            raise
        except Refusal as refusal:
            # Expired, used, or replaced by a newer one.
            raise NotToBeSent("dropped", refusal.code) from refusal
        return _written(row["id"], link, runtime.settings, now=datetime.now(UTC))

    return Kind(
        name="mail",
        to_send=store.to_send,
        begin_sending=store.begin_sending,
        end=store.end,
        put_back=store.put_back,
        compose=compose,
        again_at=lambda row, now: now + _PAUSE if now + _PAUSE < row["created_at"] + _LIFE else None,
    )


def _written(mail_id: UUID, link: sign_in_pb2.MagicLink, settings: Any, *, now: datetime) -> EmailMessage:
    try:
        return letters.MAGIC_LINK.written(
            sender=settings.mail_from,
            to=link.email,
            message_id=letters.message_id("sign-in", mail_id),
            now=now,
            full_name=link.full_name,
            link=f"{settings.app_url.rstrip('/')}/auth/verify?token={quote(link.token, safe='')}",
            minutes=str(max(1, round((when(link.expires_at) - now).total_seconds() / 60))),
        )
    except ValueError:
        raise NotToBeSent("failed", "address_malformed") from None
