"""Catches whatever is mailed (SMTP on 1025) and shows it (HTTP on 8025, /dev/mail/view), to everybody who asks: for development alone."""

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from standalone.mail import Mailbox, MailServer, routes

SMTP_PORT, HTTP_PORT = 1025, 8025


def main(arguments: Sequence[str]) -> None:
    (directory,) = arguments or ("/tmp/mail",)  # noqa: S108 - of a container, whose only writable place it is
    settings = Settings()
    configure_logs("mail", settings.log_level)
    asyncio.run(catch(Path(directory), certificate(settings)))


def certificate(settings: Settings) -> ssl.SSLContext:
    """Who mails over a network insists on STARTTLS."""
    if settings.tls_certificate_file is None:
        raise SystemExit("CASELOAD_TLS_CERTIFICATE_FILE is not set")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_certificate_file, settings.tls_key_file)
    return context


async def catch(directory: Path, tls: ssl.SSLContext) -> None:
    """Until SIGTERM or SIGINT, which uvicorn takes."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    mailbox = Mailbox(directory)
    server = MailServer(mailbox)
    await server.start(SMTP_PORT, "0.0.0.0", tls)  # noqa: S104 - within the deployment's own network
    try:
        await uvicorn.Server(configuration(mailbox)).serve()
    finally:
        await server.close()


def configuration(mailbox: Mailbox) -> uvicorn.Config:
    app = FastAPI(openapi_url=None)
    app.include_router(routes(mailbox))

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return uvicorn.Config(app, host="0.0.0.0", port=HTTP_PORT, log_config=None, access_log=False, server_header=False)  # noqa: S104 - as above
