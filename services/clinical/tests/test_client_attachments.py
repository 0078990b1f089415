"""All files of a client: their own, and those of their notes."""

import asyncio
import io
import os
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from PIL import Image
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import attachments_pb2, sessions_pb2
from caseload.clinical.v1 import client_attachments_pb2 as pb
from caseload.clinical.v1.client_attachments_rpc import ClientAttachmentsStub
from caseload.options.v1 import options_pb2
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.storage.base import new_key
from chassis.testing.environment import pieces
from clinical.attachments.sweep import remove_orphans
from clinical.client_attachments import rules

from .conftest import QUOTA, document, photo


class ClientFiles:
    """The files of a practice's client, as a member of the workspace asks for them."""

    def __init__(self, practice, client_id=None):
        self.practice, self.client_id = practice, client_id or practice.client_id
        self.stub = practice.environment.stub(ClientAttachmentsStub)

    def _one(self, kind, file, **more):
        return kind(client_id=self.client_id, attachment_id=file if isinstance(file, str) else file.id, **more)

    async def upload(self, content, name="scan.png"):
        request = pb.UploadClientAttachmentRequest(client_id=self.client_id, file_name=name)
        return await self.stub.UploadClientAttachment(request, pieces(content), self.practice.call)

    async def listed(self, **place):
        request = pb.ListClientAttachmentsRequest(client_id=self.client_id, **place)
        return await self.stub.ListClientAttachments(request, self.practice.call)

    async def download(self, file, **how):
        return await self.stub.GetClientDownload(self._one(pb.GetClientDownloadRequest, file, **how), self.practice.call)

    async def rename(self, file, name):
        return await self.stub.RenameClientAttachment(self._one(pb.RenameClientAttachmentRequest, file, file_name=name), self.practice.call)

    async def delete(self, file):
        await self.stub.DeleteClientAttachment(self._one(pb.DeleteClientAttachmentRequest, file), self.practice.call)

    async def chosen(self, *ids):
        request = pb.ChooseClientAttachmentsRequest(client_id=self.client_id, attachment_ids=ids)
        return list((await self.stub.ChooseClientAttachments(request, self.practice.call)).items)

    async def ticket(self, file):
        request = pb.ChooseClientAttachmentsRequest(client_id=self.client_id, attachment_ids=[file.id])
        return (await self.stub.ChooseClientAttachments(request, self.practice.call)).tickets[0]

    async def content(self, file, ticket=None, **place):
        ticket = await self.ticket(file) if ticket is None else ticket
        request = self._one(pb.ReadClientAttachmentRequest, file, ticket=ticket, **place)
        return (await self.stub.ReadClientAttachment(request, self.practice.call)).content


@pytest.fixture
def files(practice):
    return ClientFiles(practice)


async def test_a_clients_own_file_is_sanitized_stored_and_counted(files):
    file = await files.upload(photo(size=(64, 64)), "/home/ada/Referral.jpg")
    assert (file.file_name, file.file_type, file.client_id) == ("Referral.jpg", "image/jpeg", files.client_id)
    assert (file.HasField("session_id"), file.is_session_file, file.HasField("session_date")) == (False, False, False)
    assert len(await files.content(file)) == file.file_size_bytes == await files.practice.used_bytes()
    link = await files.download(file, expires_in_minutes=5)
    grant = files.practice.environment.runtime("clinical").blobs.open_token(link.download_url.rsplit("/", 1)[1])
    assert (grant.file_name, grant.inline, link.expires_in_seconds) == ("Referral.jpg", True, 300)
    (line,) = await files.practice.audited("upload_client_attachment")
    assert line.resource_id == file.id


async def test_the_list_has_the_files_of_the_clients_notes(files):
    note = await files.practice.write()
    own, of_note, later = await files.upload(photo()), await files.practice.attach(note, document(), "b.pdf"), await files.upload(photo())
    await ClientFiles(files.practice, await files.practice.new_client()).upload(photo())
    listed = await files.listed()
    assert (list(listed.items), listed.total, listed.more) == ([own, of_note, later], 3, False)
    assert list((await files.listed(after=own.id)).items) == [of_note, later]


async def test_the_files_of_a_deleted_note_are_found_no_more(files):
    note = await files.practice.write()
    of_note, own = await files.practice.attach(note, photo()), await files.upload(photo())
    request = sessions_pb2.DeleteSessionRequest(session_id=note.id)
    await files.practice.sessions.DeleteSession(request, files.practice.call)
    assert [file.id for file in (await files.listed()).items] == [own.id]
    for asked in (files.download, files.delete, files.chosen):
        with pytest.raises(NotFound):
            await asked(of_note.id)


async def test_a_client_has_to_be_there(files, neighbour):
    for client_id in (str(uuid4()), neighbour.client_id):
        elsewhere = ClientFiles(files.practice, client_id)
        with pytest.raises(NotFound):
            await elsewhere.upload(photo())
        with pytest.raises(NotFound):
            await elsewhere.listed()
    assert files.practice.stored() == []


async def test_a_file_is_reached_under_its_own_client_and_workspace_only(files, neighbour):
    file = await files.upload(photo())
    for elsewhere in (ClientFiles(files.practice, await files.practice.new_client()), ClientFiles(neighbour)):
        for asked in (elsewhere.download, elsewhere.content, elsewhere.delete, lambda file, of=elsewhere: of.rename(file, "x.png")):
            with pytest.raises(NotFound):
                await asked(file)
        with pytest.raises(NotFound):
            await elsewhere.chosen(file.id)


async def test_a_rename_keeps_the_extension_and_takes_no_name_twice(files):
    note = await files.practice.write()
    first, second = await files.upload(photo("PNG"), "a.png"), await files.upload(photo("PNG"), "b.png")
    of_note = await files.practice.attach(note, photo("PNG"), "c.png")
    assert (await files.rename(first, "wound")).file_name == "wound.png"
    with pytest.raises(Invalid):
        await files.rename(first, "wound.pdf")
    with pytest.raises(Conflict) as refused:
        await files.rename(second, "WOUND.png")
    assert refused.value.code == "file_name_taken"
    # A note's file and one of the client's own may have one name.
    assert (await files.rename(of_note, "wound")).file_name == "wound.png"
    assert [file.file_name for file in await files.practice.files(note)] == ["wound.png"]


async def test_of_two_renames_to_one_name_at_once_one_is_made(files):
    made = [await files.upload(photo("PNG"), f"{n}.png") for n in range(4)]
    answers = await asyncio.gather(*(files.rename(file, "wound") for file in made), return_exceptions=True)
    assert sum(isinstance(answer, attachments_pb2.Attachment) for answer in answers) == 1
    assert all(answer.code == "file_name_taken" for answer in answers if isinstance(answer, Exception))


async def test_a_deleted_file_is_gone_and_gives_its_room_back(files):
    note = await files.practice.write()
    own, of_note = await files.upload(photo()), await files.practice.attach(note, photo())
    await files.delete(own)
    await files.delete(of_note)
    await files.practice.environment.settle()
    assert (await files.listed()).total == 0
    assert (await files.practice.get(note.id)).attachment_count == 0
    assert await files.practice.used_bytes() == 0
    assert files.practice.stored() == []
    with pytest.raises(NotFound):
        await files.delete(own)


async def test_a_file_over_the_quota_is_refused_and_not_kept(files):
    filled = await files.upload(photo("PNG", (256, 256), "RGB"))
    noise = await asyncio.to_thread(_noise)
    with pytest.raises(Conflict) as refused:
        await files.upload(noise)
    assert refused.value.code == "quota_exceeded"
    assert [path.name for path in files.practice.stored()] == [filled.id]
    assert await files.practice.used_bytes() == filled.file_size_bytes < QUOTA


def _noise():
    out = io.BytesIO()
    Image.effect_noise((600, 600), 90).save(out, "PNG")
    return out.getvalue()


async def test_several_files_are_chosen_in_the_order_asked_for(files):
    note = await files.practice.write()
    own, of_note = await files.upload(photo()), await files.practice.attach(note, document(), "b.pdf")
    assert await files.chosen(of_note.id, own.id) == [of_note, own]
    with pytest.raises(NotFound):
        await files.chosen(own.id, str(uuid4()))
    for wanted in ([], [own.id, own.id]):
        with pytest.raises(Invalid):
            await files.chosen(*wanted)


async def test_files_that_are_too_large_together_leave_no_line_of_an_export(files, monkeypatch):
    file = await files.upload(photo())
    monkeypatch.setattr(rules, "MOST_BYTES_AT_ONCE", file.file_size_bytes - 1)
    with pytest.raises(Invalid) as refused:
        await files.chosen(file.id)
    assert (refused.value.code, refused.value.facts) == ("files_too_large", {"limit_bytes": file.file_size_bytes - 1})
    monkeypatch.setattr(rules, "MOST_BYTES_AT_ONCE", file.file_size_bytes)
    await files.chosen(file.id)
    assert len([line for line in await files.practice.audited("choose_client_attachments") if line.resource_id == file.id]) == 1


async def test_a_chosen_file_is_read_in_pieces_with_its_ticket_and_by_nobody_else(files, neighbour):
    file, other = await files.upload(photo()), await files.upload(photo())
    ticket, whole = await files.ticket(file), await files.content(file)
    parts = [await files.content(file, ticket, offset=start, limit=100) for start in range(0, len(whole) + 100, 100)]
    assert (b"".join(parts), {len(part) for part in parts[:-2]}, parts[-1]) == (whole, {100}, b"")
    assert await files.content(file, ticket, offset=-5, limit=-1) == whole
    colleague = ClientFiles(files.practice.colleague(), files.client_id)
    expired = (int(time.time()) - 1).to_bytes(8, "big") + ticket[8:]
    attempts = [
        files.content(other, ticket),
        colleague.content(file, ticket),
        ClientFiles(neighbour).content(file, ticket),
        *(files.content(file, forged) for forged in (b"", b"x", ticket[:-1], expired, bytes(40))),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            await attempt
    await files.delete(file)
    with pytest.raises(NotFound):
        await files.content(file, ticket)
    lines = [line for line in await files.practice.audited("choose_client_attachments") if line.resource_id == file.id]
    assert {(line.action, line.user_id) for line in lines} == {(options_pb2.ACTION_EXPORT, str(files.practice.user_id))}


async def test_the_scopes_of_notes_decide(files):
    file = await files.upload(photo())
    others = ClientFiles(files.practice.only("clients:read", "clients:write", "plans:read"), files.client_id)
    readers = ClientFiles(files.practice.only("sessions:read"), files.client_id)
    for asked in (others.listed, lambda: others.content(file), lambda: readers.delete(file), lambda: readers.rename(file, "x")):
        with pytest.raises(Forbidden):
            await asked()
    assert (await readers.listed()).total == 1


async def test_erasing_a_client_deletes_their_own_files(files):
    await files.upload(photo())
    await files.practice.erase(files.client_id)
    await files.practice.environment.settle()
    assert files.practice.stored() == []
    assert await files.practice.count("attachments") == 0
    assert await files.practice.used_bytes() == 0


async def test_an_upload_begun_before_the_erasure_leaves_nothing_after_it(files, monkeypatch):
    server = files.practice.environment.runtime("clinical").server
    clients = server._methods["/caseload.clinical.v1.ClientAttachments/UploadClientAttachment"][1].__self__._clients
    check, found, go_on = clients.CheckClient, asyncio.Event(), asyncio.Event()

    async def slow(request, call):
        reply = await check(request, call)
        found.set()
        await go_on.wait()
        return reply

    monkeypatch.setattr(clients, "CheckClient", slow)
    uploading = asyncio.ensure_future(files.upload(photo()))
    await found.wait()
    await files.practice.erase(files.client_id)
    await files.practice.environment.settle()
    go_on.set()
    with pytest.raises(NotFound):
        await uploading
    assert await files.practice.count("attachments") == 0
    assert files.practice.stored() == []


async def test_a_file_without_a_row_is_swept_where_a_client_has_files_and_nobody_has_notes(files):
    practice = files.practice
    kept, orphan = await files.upload(photo()), uuid7()
    runtime = practice.environment.runtime("clinical")
    await runtime.blobs.put(new_key(practice.workspace_id, orphan), b"left", "image/png")
    eight_days_ago = time.time() - 8 * 86_400
    for name in (kept.id, str(orphan)):
        path = practice.environment.folder / "blobs" / str(practice.workspace_id) / name
        os.utime(path, (eight_days_ago, eight_days_ago))

    assert await remove_orphans(runtime, datetime.now(UTC)) == 1
    await practice.environment.settle()

    assert [path.name for path in practice.stored()] == [kept.id]
