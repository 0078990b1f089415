"""A mail server for development: accepts every mail, stores it and shows it, and sends nothing on.

Each mail is one file, written completely before "250 OK" is answered, so that no accepted mail is lost in a crash.
"""

import asyncio
import email
import email.policy
import html
import signal
import ssl
from collections.abc import Collection
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from uuid_utils.compat import uuid7

from chassis import private_files

# Older mails are deleted.
MAX_MAILS = 1000
MAX_MAIL_BYTES = 10 * 1024 * 1024


class Mailbox:
    """The mails in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def store(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Write one mail. The file name begins with the time, so that names sort by age."""
        head = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n".encode()
        private_files.write(self.directory / f"{uuid7()}.eml", head + content)
        for old in sorted(self.directory.glob("*.eml"))[:-MAX_MAILS]:
            old.unlink(missing_ok=True)

    def mails(self) -> list[dict[str, Any]]:
        """All mails, newest first."""
        return [read(path) for path in sorted(self.directory.glob("*.eml"), reverse=True)]


@lru_cache(maxsize=MAX_MAILS)
def read(path: Path) -> dict[str, Any]:
    """One mail as GET /dev/mail returns it. Cached, because the files never change."""
    message = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    text, formatted = message.get_body(("plain",)), message.get_body(("html",))
    # A UUIDv7 begins with its milliseconds since 1970 (RFC 9562 section 5.7).
    received = datetime.fromtimestamp(int(path.stem.replace("-", "")[:12], 16) / 1000, UTC)
    return {
        "to": [part.strip() for part in str(message["X-Envelope-To"]).split(",")],
        "from": str(message["From"] or message["X-Envelope-From"]),
        "subject": str(message["Subject"] or ""),
        # CRLF belongs to the transport (RFC 5321).
        "text": None if text is None else str(text.get_content()).replace("\r\n", "\n"),
        "html": None if formatted is None else str(formatted.get_content()).replace("\r\n", "\n"),
        "headers": {name: str(value) for name, value in message.items() if not name.startswith("X-Envelope-")},
        "received_at": received.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


class MailServer:
    """An SMTP server that stores what it receives in a mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._server: asyncio.Server | None = None
        # Empty until it listens.
        self.url = ""

    async def start(self, port: int = 0, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> str:
        """Listen, and offer STARTTLS if there is a certificate. Returns the smtp:// URL."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", data_size_limit=MAX_MAIL_BYTES, enable_SMTPUTF8=True, tls_context=tls, loop=loop),
            host,
            port,
        )
        self.url = f"smtp://{host}:{self._server.sockets[0].getsockname()[1]}"
        return self.url

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd for each complete mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content or "").encode()
        await asyncio.to_thread(self._mailbox.store, envelope.mail_from or "", list(envelope.rcpt_tos), content)
        return "250 OK"


def routes(mailbox: Mailbox, names: Collection[str] = ()) -> APIRouter:
    """GET /dev/mail (JSON) and GET /dev/mail/view (HTML), under these host names, `localhost` and any IP address."""

    def refuse_other_names(request: Request) -> None:
        # A page of any site can point its own name at this machine and then read the answers: DNS rebinding.
        if not is_own_name(request.url.hostname or "", names):
            raise HTTPException(421)

    router = APIRouter(prefix="/dev/mail", include_in_schema=False, dependencies=[Depends(refuse_other_names)])

    @router.get("")
    def mails() -> list[dict[str, Any]]:
        return mailbox.mails()

    @router.get("/view")
    def view() -> HTMLResponse:
        # No script, image or form of a mail is loaded or run.
        policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
        return HTMLResponse(page(mailbox.mails()), headers={"Content-Security-Policy": policy})

    return router


def is_own_name(host: str, names: Collection[str]) -> bool:
    """Whether a browser that sends this Host was pointed here on purpose."""
    if host in {"localhost", *names} or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


STYLE = (
    "body{font:16px/1.5 system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}article{border:1px solid #ccc;border-radius:8px;"
    "padding:1rem;margin:1rem 0}pre{white-space:pre-wrap;font:inherit;margin:.5rem 0 0}small{color:#666}"
)


def page(mails: list[dict[str, Any]]) -> str:
    shown = "".join(article(mail) for mail in mails) or "<p>No mail yet.</p>"
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>Mail</title><style>{STYLE}</style><h1>Mail</h1>{shown}</html>"


def article(mail: dict[str, Any]) -> str:
    text = html.escape(mail["text"] or "")
    for word in {word for word in text.split() if word.startswith(("http://", "https://"))}:
        text = text.replace(word, f'<a href="{word}" target=_blank rel=noopener>{word}</a>')
    to, subject = html.escape(", ".join(mail["to"])), html.escape(mail["subject"])
    return f"<article><small>{mail['received_at']} · to {to}</small><h2>{subject}</h2><pre>{text}</pre></article>"


def serve_mail(mailbox: Mailbox, port: int) -> None:
    """Run the mail server in this process until SIGTERM."""

    async def work() -> None:
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        server = MailServer(mailbox)
        await server.start(port)
        await stopping.wait()
        await server.close()

    asyncio.run(work())
