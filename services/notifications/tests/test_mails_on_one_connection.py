"""Mails that share a connection: the commands of one travel with the text of the one before, and whatever breaks, none is lost and none comes twice."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP

from notifications.mail.smtp import DeliveryFailure, PermanentFailure, SmtpClient, TransientFailure, UnknownOutcome

from .test_mail_conversations import StepServer
from .test_mail_server import reminder

# What a server says to some recipients, and what the sender makes of it.
REFUSED = {
    "rcpt550": ("handle_RCPT", "550 5.1.1 no such user", PermanentFailure),
    "rcpt451": ("handle_RCPT", "451 later", TransientFailure),
    "end554": ("handle_DATA", "554 no", PermanentFailure),
    "end451": ("handle_DATA", "451 later", TransientFailure),
}


class Handler:
    """Takes mails, and refuses those to some recipients; after `most` on a connection it wants to close it."""

    def __init__(self):
        self.taken, self.most = Counter(), None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name, session.mails = hostname, 0
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.mails += 1
        if self.most is not None and session.mails > self.most:
            return "421 4.3.2 enough"
        envelope.mail_from = address
        return "550 not you" if address.startswith("mail550") else "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if said := _refusal("handle_RCPT", address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        if said := _refusal("handle_DATA", address):
            return said
        assert address.encode() in envelope.content, "the text of another mail"
        self.taken[address] += 1
        return "250 ok"


def _refusal(step, address):
    at, said, _ = REFUSED.get(address.partition(".")[0], (None, None, None))
    return said if at == step else None


class Wire:
    """Carries bytes between the client and the server, and cuts the first connection at one group of bytes of the client."""

    def __init__(self, port):
        self.port, self.groups, self.connections = port, [], 0
        self.cut_before = self.cut_answer_to = None
        self.was_cut = False

    async def __call__(self, reader, writer):
        self.connections += 1
        is_first = self.connections == 1
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.port)
        state = {"groups": 0}

        def cut():
            self.was_cut = True
            writer.transport.abort()

        async def up():
            while data := await reader.read(1 << 20):
                state["groups"] += 1
                if is_first and state["groups"] == self.cut_before:
                    cut()
                    return
                self.groups.append(data)
                to_server.write(data)

        async def down():
            while data := await from_server.read(1 << 20):
                if is_first and self.cut_answer_to is not None and state["groups"] >= self.cut_answer_to:
                    cut()
                    return
                writer.write(data)

        tasks = [asyncio.ensure_future(up()), asyncio.ensure_future(down())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        to_server.close()
        writer.close()


@asynccontextmanager
async def mail_server(**client_options):
    """aiosmtpd, the wire to it, and a client that shares one connection."""
    handler, loop, conversations = Handler(), asyncio.get_running_loop(), []

    def converse():
        conversations.append(SMTP(handler))
        return conversations[-1]

    server = await loop.create_server(converse, "127.0.0.1", 0)
    wire = Wire(server.sockets[0].getsockname()[1])
    relay = await asyncio.start_server(wire, "127.0.0.1", 0)
    async with running(f"smtp://127.0.0.1:{relay.sockets[0].getsockname()[1]}", **client_options) as client:
        yield handler, wire, client
    relay.close()
    server.close()
    for each in conversations:
        if each.transport is not None:
            each.transport.abort()
    await asyncio.sleep(0)


@asynccontextmanager
async def running(url, *, seconds=3):
    client = SmtpClient(url, seconds=seconds, kept=1, shared=True)
    keeping = asyncio.create_task(client.run())
    await asyncio.sleep(0)
    yield client
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    assert client._in_use == {}


async def _send_all(client, addresses):
    """The outcome of each: None, or its failure."""

    async def send(address):
        try:
            await client.send(reminder(to=address), return_path="mail550@x.example" if address.startswith("mail550") else "")
        except DeliveryFailure as failure:
            return failure
        return None

    return dict(zip(addresses, await asyncio.gather(*map(send, addresses)), strict=True))


def _people(count):
    return [f"p{number}@example.com" for number in range(count)]


async def test_the_commands_of_a_mail_travel_with_the_text_of_the_one_before():
    async with mail_server() as (handler, wire, client):
        outcomes = await _send_all(client, _people(3))
    assert set(outcomes.values()) == {None}
    assert handler.taken == Counter(_people(3))
    assert wire.connections == 1
    assert sum(b"\r\n.\r\nMAIL FROM:" in group for group in wire.groups) == 2
    # No text leaves before the server has asked for it.
    assert not any(b"DATA\r\n" in group and b"Subject:" in group.partition(b"DATA\r\n")[2] for group in wire.groups)


@pytest.mark.parametrize("fault", ["cut_before", "cut_answer_to"])
async def test_a_connection_cut_at_any_group_loses_no_mail_and_doubles_none(fault):
    people = _people(3)
    for group in range(1, 6):
        async with mail_server() as (handler, wire, client):
            setattr(wire, fault, group)
            outcomes = await _send_all(client, people)
            assert wire.was_cut
            unknown = [address for address, failure in outcomes.items() if isinstance(failure, UnknownOutcome)]
            again = [address for address, failure in outcomes.items() if isinstance(failure, TransientFailure)]
            assert not any(handler.taken[address] for address in again), "what goes again was not taken"
            assert set((await _send_all(client, again)).values()) <= {None}
        assert max(handler.taken.values()) == 1
        assert {address for address in people if address not in unknown} <= set(handler.taken)
        if unknown:
            assert handler.taken[unknown[0]] == (fault == "cut_answer_to")
        # Groups: EHLO, commands, text and commands, text and commands, text.
        assert len(unknown) == (group >= 3)


async def test_refusals_at_every_step_concern_their_own_mail_alone():
    bad = [f"{name}.{number}@example.com" for number in range(3) for name in (*REFUSED, "mail550")]
    good = _people(len(bad))
    async with mail_server() as (handler, wire, client):
        outcomes = await _send_all(client, [address for pair in zip(good, bad, strict=True) for address in pair])
    assert handler.taken == Counter(good)
    assert {outcomes[address] for address in good} == {None}
    for address in bad:
        assert type(outcomes[address]) is REFUSED.get(address.partition(".")[0], (None, None, TransientFailure))[2]
    assert any(b"RSET\r\nMAIL FROM" in group for group in wire.groups)


async def test_a_server_that_takes_so_many_mails_on_a_connection_gets_them_all():
    async with mail_server() as (handler, wire, client):
        handler.most = 2
        outcomes = await _send_all(client, _people(9))
        again = [address for address, failure in outcomes.items() if failure is not None]
        assert not any(isinstance(failure, UnknownOutcome) for failure in outcomes.values())
        assert set((await _send_all(client, again)).values()) <= {None}
    assert handler.taken == Counter(_people(9))
    assert wire.connections >= 3


@pytest.mark.parametrize("ends_by", ["cancellation", "time"])
async def test_who_stops_waiting_for_its_turn_leaves_the_mail_before_it_its_answer(ends_by):
    async with StepServer(pipelining=True) as server, running(server.url) as client:
        server.answers["end"] = (0.3, "250 ok")
        first = asyncio.create_task(client.send(reminder(to="first@example.com")))
        while server.seen["end"] < 1:
            await asyncio.sleep(0.01)
        client._seconds = 0.1 if ends_by == "time" else 3
        second = asyncio.create_task(client.send(reminder(to="second@example.com")))
        await asyncio.sleep(0.05)
        if ends_by == "cancellation":
            second.cancel()
        (ended,) = await asyncio.gather(second, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError if ends_by == "cancellation" else TransientFailure)
        assert not first.done()
        await first
        client._seconds = 3
        await client.send(reminder(to="third@example.com"))
        assert [rcpt for rcpt, _ in server.accepted] == ["RCPT TO:<first@example.com>", "RCPT TO:<third@example.com>"]
        assert server.seen["connect"] == 2


async def test_mails_wait_for_nobody_where_commands_must_go_alone():
    async with StepServer(pipelining=False) as server, running(server.url) as client:
        server.answers["end"] = (0.05, "250 ok")
        await asyncio.gather(*(client.send(reminder()) for _ in range(3)))
        assert (server.seen["connect"], len(server.accepted)) == (3, 3)


async def test_mails_behind_one_that_the_server_never_answers_go_by_another_connection():
    async with StepServer(pipelining=True) as server, running(server.url, seconds=0.5) as client:
        server.answers["end"] = "silence"
        first = asyncio.create_task(client.send(reminder(to="first@example.com")))
        while server.seen["end"] < 1:
            await asyncio.sleep(0.01)
        del server.answers["end"]
        await asyncio.sleep(0.2)
        await client.send(reminder(to="second@example.com"))
        with pytest.raises(UnknownOutcome):
            await first
        assert [rcpt for rcpt, _ in server.accepted] == ["RCPT TO:<second@example.com>"]
        assert server.seen["connect"] == 2
