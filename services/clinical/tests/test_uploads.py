"""An upload on its way in: in pieces, kept on disk, and never in the way of other calls."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import grpc
import pytest

from caseload.clinical.v1 import attachments_pb2 as pb
from caseload.clinical.v1 import sessions_pb2
from caseload.clinical.v1.attachments_rpc import AttachmentsStub
from chassis.context import RequestContext
from chassis.errors import Forbidden, Invalid, Unavailable
from chassis.rpc.admission import MOST_BODIES, MOST_BODIES_OF_ONE
from chassis.rpc.client.peers import Peers
from chassis.rpc.status import NOT_TAKEN
from chassis.rpc.transport import LARGEST_BODY, LARGEST_PIECE, to_metadata
from chassis.storage.spool import Spool
from chassis.testing.environment import pieces, start_environment
from clients.__main__ import SERVICE as CLIENTS
from clinical.__main__ import SERVICE as CLINICAL
from identity.__main__ import SERVICE as IDENTITY
from scheduling.__main__ import SERVICE as SCHEDULING

from .conftest import Practice, photo

# What clinical counts of its memory for each upload.
HELD_OF_ONE = 512 * 1024
UPLOAD = "/caseload.clinical.v1.Attachments/UploadAttachment"


class Cut(Exception):
    """What ends the sender's side."""


class Body:
    """A body of which one piece is there, and the others when they are told to follow."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.asked = asyncio.Event()
        self.follow = asyncio.Event()

    async def pieces(self) -> AsyncIterator[bytes]:
        self.asked.set()
        yield self._content[:10]
        await self.follow.wait()
        yield self._content[10:]


def upload_of(note: sessions_pb2.Session) -> pb.UploadAttachmentRequest:
    return pb.UploadAttachmentRequest(session_id=note.id, file_name="scan.jpg")


async def none_under_way(server) -> None:
    async with asyncio.timeout(10):
        while server._admissions.bodies.calls or server._running:
            await asyncio.sleep(0.01)
    assert server._admissions.bodies.bytes == 0


@pytest.fixture(params=["over a socket", "in this process"])
def stub(request, practice) -> AttachmentsStub:
    environment = practice.environment
    if request.param == "over a socket":
        return environment.stub(AttachmentsStub)
    return AttachmentsStub(Peers(None, servers={"clinical": environment.runtime("clinical").server})["clinical"])


async def test_an_upload_that_its_sender_breaks_off_leaves_nothing(practice, stub):
    note = await practice.write()

    async def broken_off() -> AsyncIterator[bytes]:
        yield photo()
        raise Cut

    with pytest.raises(Cut):
        await stub.UploadAttachment(upload_of(note), broken_off(), practice.call)

    await none_under_way(practice.environment.runtime("clinical").server)
    assert practice.stored() == []
    assert await practice.files(note) == []


async def test_an_upload_whose_caller_gives_up_leaves_nothing(practice, stub):
    note, body = await practice.write(), Body(photo())
    uploading = asyncio.ensure_future(stub.UploadAttachment(upload_of(note), body.pieces(), practice.call))
    await body.asked.wait()
    uploading.cancel()
    await asyncio.wait([uploading])

    await none_under_way(practice.environment.runtime("clinical").server)
    assert practice.stored() == []
    assert await practice.files(note) == []


async def test_a_stream_that_ends_before_its_last_message_is_no_upload(practice):
    note = await practice.write()
    request = upload_of(note)
    messages = [request.SerializeToString(), pb.UploadAttachmentRequest(content=photo()).SerializeToString()]
    channel = grpc.aio.insecure_channel(practice.environment.runtime("clinical").settings.listen)
    send = channel.stream_unary(UPLOAD)
    try:
        for said, code in (([], "request_incomplete"), (messages[:1], "request_incomplete"), (messages, "request_incomplete")):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await send(iter(said or [request.SerializeToString()]), metadata=to_metadata(practice.call, practice.call.token))
            assert dict(tuple(pair) for pair in refused.value.trailing_metadata())["code"] == code
        whole = [*messages, pb.UploadAttachmentRequest(last=True).SerializeToString()]
        stored = pb.Attachment.FromString(await send(iter(whole), metadata=to_metadata(practice.call, practice.call.token)))
    finally:
        await channel.close()
    assert await practice.files(note) == [stored]


async def test_nothing_of_a_body_is_asked_of_who_may_not_upload(practice, stub):
    note, body = await practice.write(), Body(photo())
    with pytest.raises(Forbidden):
        await stub.UploadAttachment(upload_of(note), body.pieces(), practice.only("sessions:read").call)
    with pytest.raises(Invalid):
        await stub.UploadAttachment(pb.UploadAttachmentRequest(session_id="none"), body.pieces(), practice.call)
    assert not body.asked.is_set()


async def test_what_is_not_read_yet_is_not_sent_however_fast_uploads_were_before(practice, monkeypatch):
    note, stub = await practice.write(), practice.environment.stub(AttachmentsStub)
    fast = (stub.UploadAttachment(upload_of(note), pieces(os.urandom(8 * 1024 * 1024)), practice.call) for _ in range(6))
    assert [type(outcome) for outcome in await asyncio.gather(*fast, return_exceptions=True)] == [Invalid] * 6
    append, taken, sent = Spool.append, asyncio.Event(), 0

    async def append_later(spool: Spool, data: bytes) -> None:
        if data:
            await taken.wait()
        await append(spool, data)

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(64):
            yield os.urandom(LARGEST_PIECE)
            sent += LARGEST_PIECE

    monkeypatch.setattr(Spool, "append", append_later)
    uploading = asyncio.ensure_future(stub.UploadAttachment(upload_of(note), body(), practice.call))
    before = 0
    while not sent or before < sent:
        before = sent
        await asyncio.sleep(0.5)
    taken.set()
    with pytest.raises(Invalid):
        await uploading
    assert sent == 64 * LARGEST_PIECE
    assert before <= HELD_OF_ONE


async def test_a_body_larger_than_any_is_refused_with_the_reason(practice, stub):
    note = await practice.write()
    with pytest.raises(Invalid) as refused:
        await stub.UploadAttachment(upload_of(note), pieces(bytes(LARGEST_BODY + 100_000)), practice.call)
    assert refused.value.code == "request_too_large"
    await none_under_way(practice.environment.runtime("clinical").server)


async def test_an_upload_that_takes_longer_than_its_call_may_is_given_up(practice, stub):
    note, body = await practice.write(), Body(photo())
    with pytest.raises(Unavailable) as refused:
        await stub.UploadAttachment(upload_of(note), body.pieces(), practice.call.within(0.5))
    assert refused.value.code == "deadline_exceeded"
    await none_under_way(practice.environment.runtime("clinical").server)
    assert practice.stored() == []


async def test_an_upload_sent_again_with_its_key_is_stored_once(practice, stub):
    note = await practice.write()

    def again() -> RequestContext:
        return practice.environment.caller(workspace_id=practice.workspace_id, user_id=practice.user_id, idempotency_key="upload 1")

    first = await stub.UploadAttachment(upload_of(note), pieces(photo()), again())
    assert await stub.UploadAttachment(upload_of(note), pieces(photo(), 7), again()) == first
    with pytest.raises(Invalid) as refused:
        await stub.UploadAttachment(upload_of(note), pieces(photo("PNG")), again())
    assert refused.value.code == "idempotency_key_reused"
    assert [path.name for path in practice.stored()] == [first.id]


@pytest.fixture
def uploading(stub) -> Callable[[Practice, int], object]:
    @asynccontextmanager
    async def many(whose: Practice, number: int) -> AsyncIterator[None]:
        note = await whose.write()
        bodies = [Body(photo()) for _ in range(number)]
        call = whose.call.within(120)
        tasks = [asyncio.ensure_future(stub.UploadAttachment(upload_of(note), body.pieces(), call)) for body in bodies]
        try:
            async with asyncio.timeout(60):
                for body in bodies:
                    await body.asked.wait()
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    return many


async def refused_for_want_of_room(stub, practice, note) -> bool:
    with pytest.raises(Unavailable) as refused:
        await stub.UploadAttachment(upload_of(note), pieces(photo()), practice.call)
    return refused.value.code == "overloaded"


async def test_as_many_uploads_as_there_may_be_keep_no_other_call_out(practice, neighbour, open_practice, stub, uploading):
    server = practice.environment.runtime("clinical").server
    third = await open_practice()
    note, theirs = await practice.write(), await third.write()
    async with uploading(practice, MOST_BODIES // 2), uploading(neighbour, MOST_BODIES // 2):
        assert server._admissions.bodies.calls == MOST_BODIES
        assert (server._admissions.common.calls, server._admissions.common.bytes) == (0, 0)
        assert await refused_for_want_of_room(stub, third, theirs)
        await practice.save(note, subjective="x" * 5_000)
        assert await practice.files(note) == []
    await none_under_way(server)
    await stub.UploadAttachment(upload_of(note), pieces(photo()), practice.call)


async def test_uploads_of_one_workspace_leave_room_for_anothers_whichever_gateways_they_come_through(practice, neighbour, stub, uploading):
    server = practice.environment.runtime("clinical").server
    note, theirs = await practice.write(), await neighbour.write()
    async with uploading(practice, MOST_BODIES_OF_ONE):
        for _ in range(3):
            assert await refused_for_want_of_room(stub, practice, note)
        await stub.UploadAttachment(upload_of(theirs), pieces(photo()), neighbour.call)
    await none_under_way(server)
    assert not server._admissions.bodies_of
    await stub.UploadAttachment(upload_of(note), pieces(photo()), practice.call)


async def test_an_upload_that_a_stopping_instance_does_not_take_is_sent_once_one_does(practice, monkeypatch):
    note, body = await practice.write(), Body(photo())
    server = practice.environment.runtime("clinical").server
    instances = practice.environment.peer("clinical").instances
    monkeypatch.setattr(server, "draining", True)
    before = instances._calls
    uploading = asyncio.ensure_future(practice.attachments.UploadAttachment(upload_of(note), body.pieces(), practice.call.within(60)))
    async with asyncio.timeout(30):
        # It was refused once, or its sender has heard in time that the instance stops, and waits.
        while instances._calls < before + 2 and instances.usable and not uploading.done():
            await asyncio.sleep(0.01)
    assert not uploading.done()
    assert not body.asked.is_set()
    monkeypatch.setattr(server, "draining", False)
    body.follow.set()
    stored = await uploading
    assert await practice.files(note) == [stored]


async def test_whoever_is_refused_while_the_first_message_is_on_its_way_hears_why(practice, monkeypatch):
    note, server = await practice.write(), practice.environment.runtime("clinical").server
    monkeypatch.setattr(server, "draining", True)
    refused = asyncio.Event()
    take = server._take

    async def refusing(*args):
        try:
            return await take(*args)
        finally:
            refused.set()

    monkeypatch.setattr(server, "_take", refusing)
    async with grpc.aio.insecure_channel(practice.environment.runtime("clinical").settings.listen) as channel:
        call = channel.stream_unary(UPLOAD)(metadata=to_metadata(practice.call, practice.call.token), timeout=30)
        await refused.wait()
        # Time for an answer that waits for nothing to end the call.
        await asyncio.sleep(0.1)
        await call.write(upload_of(note).SerializeToString())
        assert (await call.code(), await call.details()) == (grpc.StatusCode.UNAVAILABLE, NOT_TAKEN)


async def test_an_upload_to_an_instance_that_dies_is_unavailable(postgres, practice):
    note, body = await practice.write(), Body(photo())
    async with start_environment(postgres, CLINICAL, CLIENTS, SCHEDULING, IDENTITY, beside=practice.environment, relay=False) as replica:
        uploading = asyncio.ensure_future(replica.stub(AttachmentsStub).UploadAttachment(upload_of(note), body.pieces(), practice.call))
        await body.asked.wait()
        await replica.runtime("clinical")._grpc._grpc.stop(None)
        body.follow.set()
        with pytest.raises(Unavailable) as refused:
            await uploading
    assert refused.value.code == "clinical_unavailable"
    assert practice.stored() == []
    assert await practice.files(note) == []
