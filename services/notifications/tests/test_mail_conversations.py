"""A mail server that refuses or fails at one step of a conversation, with and without pipelining, and connections that are kept."""

import asyncio
import contextlib
from collections import Counter

import pytest

from notifications.mail import smtp
from notifications.mail.smtp import PermanentFailure, SmtpClient, TransientFailure, UnknownOutcome

from .test_mail_server import reminder


class StepServer:
    """A mail server in a few lines. `answers` replaces its reply to a step; None for one hangs up instead."""

    def __init__(self, *, pipelining):
        self.answers, self.seen, self.accepted, self.pipelining = {}, Counter(), [], pipelining
        self.groups = []

    async def __aenter__(self):
        self._writers = set()
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.url = f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0.01)

    def hang_up(self):
        for writer in self._writers:
            writer.transport.abort()

    async def _converse(self, reader, writer):
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._steps(reader, writer)
        self._writers.discard(writer)
        writer.close()

    async def _steps(self, reader, writer):
        extensions = "250-mx\r\n250-PIPELINING\r\n250 8BITMIME" if self.pipelining else "250-mx\r\n250 8BITMIME"
        usual = {
            "connect": "220 mx",
            "EHLO": extensions,
            "MAIL": "250 ok",
            "RCPT": "250 ok",
            "DATA": "354 go",
            "end": "250 ok",
            "RSET": "250 ok",
            "QUIT": "221 bye",
        }
        mail_taken, rcpt = False, None

        async def answer(step):
            self.seen[step] += 1
            said = self.answers.get(step, usual.get(step, "500 what"))
            if isinstance(said, tuple):
                late, said = said
                await asyncio.sleep(late)
            if said == "silence":
                await asyncio.sleep(60)
            if said is None:
                writer.transport.abort()
                raise ConnectionResetError
            writer.write(said.encode() + b"\r\n")
            await writer.drain()
            return said

        await answer("connect")
        while line := (await reader.readline()).decode().strip():
            step = line.split(" ")[0]
            said = await answer(step)
            if step == "MAIL":
                mail_taken = said.startswith("2")
            if step == "RCPT" and said.startswith("2") and mail_taken:
                rcpt = line
            if step == "DATA" and said.startswith("354"):
                body = await _mail(reader)
                self.answers.setdefault("end", usual["end"])
                if rcpt is None:
                    assert body == b"", "an empty mail, where nobody was to get one"
                    writer.write(b"554 no recipient\r\n")
                elif (await answer("end")).startswith("2"):
                    self.accepted.append((rcpt, body))
                rcpt = None


async def _mail(reader):
    lines = []
    while (line := await reader.readuntil(b"\n")) != b".\r\n":
        lines.append(line)
    return b"".join(lines)


@pytest.fixture(params=[False, True], ids=["a command at a time", "pipelining"])
async def server(request):
    async with StepServer(pipelining=request.param) as made:
        yield made


@pytest.fixture
async def client(server):
    made = SmtpClient(server.url, seconds=0.4, kept=5)
    keeping = asyncio.create_task(made.run())
    await asyncio.sleep(0)
    yield made
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


REFUSED = {
    "connect": ("554 not you", TransientFailure, "server_refuses_554"),
    "EHLO": ("502 no", TransientFailure, None),
    "MAIL": ("550 not you", TransientFailure, "sender_refused_550"),
    "RCPT": ("550 5.1.1 no such user", PermanentFailure, "recipient_refused_550"),
    "DATA": ("554 no", PermanentFailure, "mail_refused_554"),
    "end": ("554 no", PermanentFailure, "mail_refused_554"),
}


@pytest.mark.parametrize("step", REFUSED)
async def test_a_refusal_at_any_step_has_its_outcome_and_the_next_mail_goes_out(server, client, step):
    answer, kind, code = REFUSED[step]
    server.answers[step] = answer
    if step == "EHLO":
        server.answers["HELO"] = answer
    with pytest.raises(kind) as failure:
        await client.send(reminder())
    assert code is None or failure.value.code == code
    assert server.seen[step] >= 1
    assert server.accepted == []

    server.answers.clear()
    await client.send(reminder())
    assert len(server.accepted) == 1


@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", [None, "silence"])
async def test_a_server_that_fails_before_the_mail_is_tried_again(server, client, step, fault):
    server.answers[step] = fault
    with pytest.raises(TransientFailure):
        await client.send(reminder())
    assert server.seen[step] >= 1
    assert server.accepted == []


@pytest.mark.parametrize("fault", [None, "silence"])
async def test_a_server_that_fails_after_the_mail_may_have_it(server, client, fault):
    server.answers["end"] = fault
    with pytest.raises(UnknownOutcome):
        await client.send(reminder())
    assert server.seen["end"] == 1


@pytest.mark.parametrize("hangs_up_at", ["DATA", "RSET"])
async def test_a_server_that_refuses_a_recipient_and_then_hangs_up_has_refused(server, client, hangs_up_at):
    server.answers |= {"RCPT": "550 5.1.1 no such user", hangs_up_at: None}
    for _ in range(2):
        with pytest.raises(PermanentFailure) as failure:
            await client.send(reminder())
        assert failure.value.bounced == "dead_address"
    server.answers.clear()
    await client.send(reminder())
    assert len(server.accepted) == 1


async def test_a_mail_has_its_time_once_also_if_a_kept_connection_took_some_of_it(server):
    client = SmtpClient(server.url, seconds=1, kept=1)
    keeping = asyncio.create_task(client.run())
    await asyncio.sleep(0)
    await client.send(reminder())
    server.answers |= {"MAIL": (0.7, "421 busy"), "connect": "silence"}
    began = asyncio.get_running_loop().time()
    with pytest.raises(TransientFailure):
        await client.send(reminder())
    assert asyncio.get_running_loop().time() - began < 1.4
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_a_refused_goodbye_changes_nothing(server):
    server.answers["QUIT"] = "500 stay"
    await SmtpClient(server.url, seconds=0.4).send(reminder())
    assert len(server.accepted) == 1


async def test_mails_one_after_the_other_share_a_connection(server, client):
    for _ in range(5):
        await client.send(reminder())
    assert (server.seen["connect"], len(server.accepted)) == (1, 5)


async def test_a_connection_is_given_up_after_so_many_mails(server, client, monkeypatch):
    monkeypatch.setattr(smtp, "MOST_MAILS", 20)
    for _ in range(21):
        await client.send(reminder())
    assert (server.seen["connect"], len(server.accepted)) == (2, 21)


async def test_no_more_connections_are_kept_than_may_be(server):
    client = SmtpClient(server.url, seconds=1, kept=2)
    keeping = asyncio.create_task(client.run())
    await asyncio.sleep(0)
    await asyncio.gather(*(client.send(reminder()) for _ in range(6)))
    assert len(client._idle) == 2
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    assert client._idle == []


async def test_a_kept_connection_that_the_server_closed_costs_no_mail(server, client):
    await client.send(reminder())
    server.hang_up()
    await client.send(reminder())
    assert (server.seen["connect"], len(server.accepted)) == (2, 2)


async def test_a_kept_connection_that_the_server_wants_to_close_costs_no_mail(server, client):
    await client.send(reminder())
    server.answers["MAIL"] = "421 4.3.2 closing"
    sending = asyncio.create_task(client.send(reminder()))
    while server.seen["MAIL"] < 2:
        await asyncio.sleep(0)
    server.answers.clear()
    await sending
    assert (server.seen["connect"], len(server.accepted)) == (2, 2)


async def test_lines_that_begin_with_a_dot_arrive_as_they_were(server, client):
    await client.send(reminder(text=".first\n..second\n.\nend"))
    ((_, body),) = server.accepted
    assert b"\r\n..first\r\n...second\r\n..\r\nend" in body


async def test_a_return_path_is_where_reports_go(server, client):
    await client.send(reminder(), return_path="token@bounces.example.com")
    assert server.seen["MAIL"] == 1
    ((rcpt, body),) = server.accepted
    assert "ada@example.com" in rcpt
    assert b"From: Caseload <no-reply@example.com>" in body
