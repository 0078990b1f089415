"""Makes the links of a mail, and finds what a link is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from chassis.db.transaction import Record
from chassis.work.unit_of_work import UnitOfWork
from notifications.reminder_links import store
from notifications.reminder_links.rules import unknown_link

_PAGES = "/reminder"


@dataclass(frozen=True, slots=True)
class Links:
    confirm: str
    cancel: str
    opt_out: str


def links_of(token: str, *, public_url: str) -> Links:
    confirm, cancel, opt_out = (f"{public_url}{_PAGES}/{page}?token={token}" for page in ("confirm", "cancel", "unsubscribe"))
    return Links(confirm, cancel, opt_out)


async def issue(work: UnitOfWork, reminder: Mapping[str, Any], zone: ZoneInfo, *, public_url: str) -> Links:
    """New links for a mail of this reminder. Every attempt at a mail has its own: nobody knows which of them arrives."""
    token = OpaqueToken.generate(work.workspace_id, uuid7())
    about = {name: reminder[name] for name in ("appointment_id", "client_id", "channel", "starts_at")}
    await work.db.run(store.add, id=token.row_id, token_hash=token.hash, time_zone=zone.key, now=work.now, **about)
    return links_of(str(token), public_url=public_url)


async def find(text: str, work: UnitOfWork) -> tuple[OpaqueToken, Record]:
    """The token and its link; from then on the work is in its workspace. Raises NotFound for what is no token, or of no link."""
    token = OpaqueToken.parse(text)
    if token is None:
        raise unknown_link()
    async with work.beside(token.workspace_id) as tx:
        link = await tx.maybe(store.get, id=token.row_id, token_hash=token.hash)
    if link is None:
        raise unknown_link()
    work.enter(token.workspace_id)
    return token, link
