"""The mailbox of a machine without mail."""

from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest
from fastapi import FastAPI

from standalone import mail
from standalone.mail import Mailbox, MailServer, routes


@pytest.fixture
async def mailbox(tmp_path):
    return Mailbox(tmp_path)


@pytest.fixture
async def send(mailbox):
    """Sends a mail in a real SMTP conversation."""
    server = MailServer(mailbox)
    address = await server.start()

    async def sent(subject="Hello", text="See you.\n", html=None, to="ada@example.com"):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Caseload <no-reply@caseload.invalid>", to, subject
        message.set_content(text)
        if html is not None:
            message.add_alternative(html, subtype="html")
        await aiosmtplib.send(message, hostname="127.0.0.1", port=int(address.rpartition(":")[2]))

    yield sent
    await server.close()


@pytest.fixture
async def door(mailbox):
    app = FastAPI()
    app.include_router(routes(mailbox))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def test_what_is_sent_is_shown_newest_first(send, door):
    await send("First", "One.\n")
    await send("Zweite: Grüße", "Zwei.\n", "<p>Zwei.</p>", to="zoë@example.com")

    second, first = (await door.get("/dev/mail")).json()

    assert (first["to"], first["subject"], first["text"], first["html"]) == (["ada@example.com"], "First", "One.\n", None)
    assert (second["to"], second["subject"], second["html"]) == (["zoë@example.com"], "Zweite: Grüße", "<p>Zwei.</p>\n")
    assert second["from"] == "Caseload <no-reply@caseload.invalid>"
    assert second["headers"]["Subject"] == "Zweite: Grüße"
    assert second["received_at"] > first["received_at"]
    assert second["received_at"].endswith("Z")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("192.168.1.5", 200),
        ("practice.example", 200),
        ("evil.example:8000", 421),
    ],
)
async def test_mail_is_shown_under_the_machines_own_names_only(mailbox, host, status):
    app = FastAPI()
    app.include_router(routes(mailbox, {"practice.example"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        for path in ("/dev/mail", "/dev/mail/view"):
            assert (await client.get(path, headers={"Host": host})).status_code == status


async def test_mail_is_there_after_a_restart(send, mailbox):
    await send()

    assert Mailbox(mailbox.directory).mails() == mailbox.mails()


async def test_mail_is_for_its_owners_eyes(send, mailbox):
    await send("Ada's appointment")

    (path,) = mailbox.directory.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert "Ada" not in path.name


async def test_only_so_many_are_kept(send, mailbox, monkeypatch):
    monkeypatch.setattr(mail, "MAX_MAILS", 2)
    for subject in ("1", "2", "3"):
        await send(subject)

    assert [kept["subject"] for kept in mailbox.mails()] == ["3", "2"]


async def test_a_person_sees_links_and_nothing_runs(send, door):
    await send("<script>alert(1)</script>", "Follow https://example.com/a?b=1&c=2 now, <b>Ada</b>.\n")

    page = await door.get("/dev/mail/view")

    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert 'href="https://example.com/a?b=1&amp;c=2"' in page.text
    assert "<b>Ada</b>" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
