"""Files of a note: upload, download, rename, removal."""

import asyncio
import io
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from PIL import Image
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import attachments_pb2 as pb
from caseload.clinical.v1 import sessions_pb2
from chassis.db.statement import Statement
from chassis.db.transaction import Record, Transaction
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from chassis.protobuf.timestamps import to_datetime
from chassis.rpc.client.attempts import InternalFault
from chassis.storage.base import new_key
from chassis.storage.local import LocalBlobs
from chassis.storage.spool import Spool
from chassis.testing.environment import pieces
from clinical.__main__ import SERVICE
from clinical.attachments import sandbox, store, sweep
from clinical.attachments.rules import MAX_CLEAN_BYTES
from clinical.attachments.sweep import find_missing, remove_orphans

from .conftest import MONDAY, QUOTA, document, photo


def store_of(practice) -> LocalBlobs:
    return practice.environment.runtime("clinical").blobs


async def test_an_uploaded_file_is_stored_sanitized_and_downloaded_through_a_link(practice):
    note = await practice.write()
    file = await practice.attach(note, photo(size=(64, 64)), name="/home/ada/Wound on 2 March.jpg")

    assert file.file_name == "Wound on 2 March.jpg"
    assert (file.file_type, file.status) == ("image/jpeg", pb.ATTACHMENT_STATUS_READY)
    assert (file.session_id, file.client_id, file.is_session_file) == (note.id, practice.client_id, True)
    assert to_datetime(file.session_date) == MONDAY
    link = await practice.download(file)
    grant = store_of(practice).open_token(link.download_url.rsplit("/", 1)[1])
    kept = await store_of(practice).get(grant.key)
    assert (grant.file_name, grant.content_type) == (file.file_name, file.file_type)
    assert Image.open(io.BytesIO(kept)).size == (64, 64)
    assert len(kept) == file.file_size_bytes == await practice.used_bytes()


async def test_files_are_counted_and_listed_and_each_can_be_read(practice):
    note = await practice.write()
    first, second = await practice.attach(note, photo(), "a.jpg"), await practice.attach(note, document(), "b.pdf")

    assert await practice.files(note) == [first, second]
    request = pb.GetAttachmentRequest(session_id=note.id, attachment_id=second.id)
    assert await practice.attachments.GetAttachment(request, practice.call) == second
    stands = await practice.get(note.id)
    assert stands.attachment_count == 2
    assert stands.version == note.version, "a file does not make the text stale"
    assert await practice.used_bytes() == first.file_size_bytes + second.file_size_bytes


async def test_a_link_is_valid_for_the_requested_time(practice):
    file = await practice.attach(await practice.write(), photo())
    for minutes, seconds in ((None, 900), (1, 60), (60, 3600)):
        before = time.time()
        link = await practice.download(file, minutes)
        assert link.expires_in_seconds == seconds
        assert seconds - 2 < to_datetime(link.expires_at).timestamp() - before < seconds + 5
        grant = store_of(practice).open_token(link.download_url.rsplit("/", 1)[1])
        assert abs(grant.expires_at - before - seconds) < 5
    for minutes in (0, 61):
        with pytest.raises(Invalid):
            await practice.download(file, minutes)


async def test_a_link_does_not_contain_the_file_name(practice):
    file = await practice.attach(await practice.write(), photo(), "canary-diagnosis.jpg")
    assert "canary" not in (await practice.download(file)).download_url


async def test_renaming_a_file_changes_nothing_else(practice):
    file = await practice.attach(await practice.write(), photo(), "a.jpg")
    renamed = await practice.rename(file, "knee, left.jpg")
    assert renamed.file_name == "knee, left.jpg"
    assert await practice.files(note_of(file)) == [renamed]
    assert await practice.rename(renamed, "a.jpg") == file
    with pytest.raises(Invalid):
        await practice.rename(file, "/")


async def test_removing_a_file_deletes_its_row_and_its_content(practice):
    note = await practice.write()
    kept, removed = await practice.attach(note, photo()), await practice.attach(note, document())
    await practice.detach(removed)
    await practice.environment.settle()

    assert await practice.files(note) == [kept]
    assert [path.name for path in practice.stored()] == [kept.id]
    assert await practice.used_bytes() == kept.file_size_bytes
    assert (await practice.get(note.id)).attachment_count == 1
    with pytest.raises(NotFound):
        await practice.detach(removed)
    assert (await practice.get(note.id)).attachment_count == 1


async def test_of_concurrent_removals_of_one_file_one_succeeds(practice):
    note = await practice.write()
    file = await practice.attach(note, photo())
    ended = await asyncio.gather(*(practice.detach(file) for _ in range(4)), return_exceptions=True)
    assert [one for one in ended if one is None] == [None]
    assert sum(isinstance(one, NotFound) for one in ended) == 3
    assert await practice.used_bytes() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"plain text", "file_type_not_allowed"),
        (photo()[:100], "file_broken"),
        (document(lambda pdf: pdf.attachments.update({"x": b"MZ"})), "file_unsafe"),
        (b"%PDF-" + bytes(10 * 1024 * 1024), "file_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_refused_file_leaves_nothing_stored(practice, content, code):
    note = await practice.write()
    with pytest.raises(Invalid) as refused:
        await practice.attach(note, content)
    assert refused.value.code == code
    assert practice.stored() == []
    assert (await practice.get(note.id)).attachment_count == 0
    assert await practice.used_bytes() is None


async def test_a_file_over_the_quota_is_refused_and_leaves_nothing_stored(practice):
    note = await practice.write()
    with pytest.raises(Conflict) as refused:
        await practice.attach(note, heavy(QUOTA + 1))
    assert refused.value.code == "quota_exceeded"
    assert practice.stored() == []
    assert await practice.used_bytes() is None
    assert (await practice.get(note.id)).attachment_count == 0


async def test_concurrent_uploads_cannot_exceed_the_quota(practice):
    notes = [await practice.write() for _ in range(4)]
    sent = await asyncio.gather(*(practice.attach(note, heavy(QUOTA // 3)) for note in notes), return_exceptions=True)

    kept = [one for one in sent if isinstance(one, pb.Attachment)]
    assert 0 < len(kept) < 4
    assert {one.code for one in sent if isinstance(one, Conflict)} == {"quota_exceeded"}
    assert await practice.used_bytes() == sum(file.file_size_bytes for file in kept) <= QUOTA
    assert [path.name for path in practice.stored()] == sorted(file.id for file in kept)


async def test_what_a_file_takes_of_the_quota_is_counted_in_the_transaction_of_its_row(practice, monkeypatch):
    note = await practice.write()
    kept = await practice.attach(note, photo())
    counted, run = [], Transaction.run

    async def fails_after_counting(tx: Transaction, stmt: Statement, **params: object) -> object:
        done = await run(tx, stmt, **params)
        if stmt is store.change_storage:
            counted.append(params["used_bytes"])
            raise Unavailable("database_unavailable")
        return done

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "run", fails_after_counting)
        for attempt in (practice.attach(note, photo("PNG")), practice.detach(kept)):
            with pytest.raises(Unavailable):
                await attempt
    await practice.environment.settle()

    assert min(counted) < 0 < max(counted)
    assert await practice.files(note) == [kept]
    assert await practice.used_bytes() == kept.file_size_bytes
    assert [path.name for path in practice.stored()] == [kept.id]


async def test_a_file_for_another_workspaces_note_is_refused_and_leaves_nothing_stored(practice, neighbour):
    theirs = await neighbour.write()
    with pytest.raises(NotFound):
        await practice.attach(theirs, photo())
    assert practice.stored() == neighbour.stored() == []


async def test_another_workspaces_file_is_not_found(practice, neighbour):
    file = await practice.attach(await practice.write(), photo())
    for attempt in (neighbour.download(file), neighbour.rename(file, "x"), neighbour.detach(file), neighbour.files(note_of(file))):
        with pytest.raises(NotFound):
            await attempt
    assert len(practice.stored()) == 1


async def test_a_file_is_found_only_under_its_own_note(practice):
    file, other = await practice.attach(await practice.write(), photo()), await practice.write()
    misplaced = pb.Attachment(id=file.id, session_id=other.id)
    for attempt in (practice.download(misplaced), practice.rename(misplaced, "x"), practice.detach(misplaced)):
        with pytest.raises(NotFound):
            await attempt


async def test_reading_and_writing_files_need_different_scopes(practice):
    note = await practice.write()
    file = await practice.attach(note, photo())
    reader = practice.only("sessions:read")
    assert await reader.files(note) == [file]
    for attempt in (
        reader.attach(note, photo()),
        reader.rename(file, "x"),
        reader.detach(file),
        practice.only("clients:read").download(file),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_every_download_is_audited(practice):
    file = await practice.attach(await practice.write(), photo())
    await practice.download(file)
    for event_type in ("upload_attachment", "get_download"):
        (line,) = await practice.audited(event_type)
        assert line.resource_id == file.id


async def test_a_file_name_is_stored_and_announced_nowhere_in_plaintext(practice):
    await practice.attach(await practice.write(), photo(), "canary-name.jpg")
    async with practice.environment.superuser() as db:
        for table in ("attachments", "outbox"):
            rows = await db.fetch(f"SELECT t::text FROM clinical.{table} t")
            assert rows, table
            for row in rows:
                assert "canary-name" not in row[0]
                assert b"canary-name".hex() not in row[0]


async def test_an_unavailable_file_store_refuses_the_upload_and_leaves_no_row(practice, monkeypatch):
    note = await practice.write()

    async def away(*_: object) -> None:
        raise Unavailable("blob_store_unavailable")

    monkeypatch.setattr(store_of(practice), "put", away)
    with pytest.raises(Unavailable) as refused:
        await practice.attach(note, photo())
    assert refused.value.code == "blob_store_unavailable"
    assert await practice.files(note) == []


async def test_an_upload_cancelled_while_the_file_is_being_stored_leaves_no_file(practice, monkeypatch):
    note, blobs = await practice.write(), store_of(practice)
    put, begun, go_on = blobs.put, asyncio.Event(), asyncio.Event()

    async def slow(key: str, data: Spool, content_type: str) -> None:
        begun.set()
        await go_on.wait()
        await put(key, data, content_type)

    monkeypatch.setattr(blobs, "put", slow)
    uploading = asyncio.ensure_future(practice.attach(note, photo()))
    await begun.wait()
    uploading.cancel()
    await asyncio.wait([uploading])
    await asyncio.sleep(0.2)
    go_on.set()
    async with asyncio.timeout(5):
        while practice.environment.runtime("clinical").server._running or practice.stored():
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    assert practice.stored() == []
    assert await practice.files(note) == []


async def test_a_file_whose_upload_was_killed_before_its_row_was_committed_is_removed(practice, neighbour):
    note = await practice.write()
    kept = await practice.attach(note, photo())
    runtime, blobs = practice.environment.runtime("clinical"), store_of(practice)
    orphan, young, checkpoint = uuid7(), uuid7(), uuid5(practice.workspace_id, "caseload audit checkpoint")
    for file_id in (orphan, young, checkpoint):
        await blobs.put(new_key(practice.workspace_id, file_id), b"left", "image/png")
    # Nothing of this workspace is known here, so it is another installation's.
    unknown = practice.environment.workspace()
    await blobs.put(new_key(unknown, uuid7()), b"theirs", "image/png")
    eight_days_ago = time.time() - 8 * 86_400
    for path in (practice.environment.folder / "blobs").glob("*/*"):
        if path.name != str(young):
            os.utime(path, (eight_days_ago, eight_days_ago))

    assert await remove_orphans(runtime, datetime.now(UTC)) == 1
    await practice.environment.settle()

    assert {path.name for path in practice.stored()} == {kept.id, str(young), str(checkpoint)}
    assert len(list((practice.environment.folder / "blobs" / str(unknown)).iterdir())) == 1
    assert [line.resource_id for line in await practice.audited("remove_file")] == [str(orphan)]


async def test_an_attachment_whose_file_is_gone_is_reported(practice, neighbour, caplog, monkeypatch):
    monkeypatch.setattr(sweep, "_BATCH", 2)
    notes = [await practice.write(), await neighbour.write()]
    files = [await whose.attach(note, photo()) for _ in range(3) for whose, note in zip((practice, neighbour), notes, strict=True)]
    lost, removed = files[2], files[3]
    runtime, later = practice.environment.runtime("clinical"), datetime.now(UTC) + timedelta(hours=2)
    before = await find_missing(runtime, later)
    for file in (lost, removed):
        await store_of(practice).delete(new_key(UUID(file.workspace_id), UUID(file.id)))
    # Its row goes between the moment when it was read and the one when its file was looked for.
    report = sweep._report

    async def deleting(*arguments):
        if str(arguments[-1]) == removed.id:
            await neighbour.detach(removed)
        return await report(*arguments)

    monkeypatch.setattr(sweep, "_report", deleting)
    caplog.clear()

    assert await find_missing(runtime, later) == before + 1
    told = [line for line in caplog.records if line.message == "a file is missing"]
    assert (told[-1].levelname, lost.id in {line.attachment_id for line in told}) == ("ERROR", True)
    assert removed.id not in {line.attachment_id for line in told}
    assert await find_missing(runtime, datetime.now(UTC) - timedelta(hours=2)) == 0, "what has just been stored is left alone"


async def test_the_services_own_sweeper_removes_and_reports_and_goes_on_after_a_round_that_failed(practice, caplog, monkeypatch):
    note = await practice.write()
    kept, lost = await practice.attach(note, photo()), await practice.attach(note, photo())
    runtime, blobs, orphan = practice.environment.runtime("clinical"), store_of(practice), uuid7()
    await blobs.put(new_key(practice.workspace_id, orphan), b"left", "image/png")
    await blobs.delete(new_key(practice.workspace_id, UUID(lost.id)))
    long_ago = time.time() - 8 * 86_400
    os.utime(practice.environment.folder / "blobs" / str(practice.workspace_id) / str(orphan), (long_ago, long_ago))
    stored_before, rounds = blobs.stored_before, []

    async def away_at_first(moment: datetime) -> AsyncIterator[list[str]]:
        rounds.append(moment)
        if len(rounds) == 1:
            raise Unavailable("blob_store_unavailable")
        async for keys in stored_before(moment):
            yield keys

    monkeypatch.setattr(blobs, "stored_before", away_at_first)
    monkeypatch.setattr(sweep, "_INTERVAL", timedelta(seconds=0.05))
    monkeypatch.setattr(sweep, "_OLD_ENOUGH", timedelta(0))
    sweeping = asyncio.ensure_future(SERVICE.loops(runtime)[0]())
    try:
        async with asyncio.timeout(30):
            while [path.name for path in practice.stored()] != [kept.id] or lost.id not in reported(caplog):
                assert not sweeping.done()
                await asyncio.sleep(0.05)
    finally:
        sweeping.cancel()
        await asyncio.wait([sweeping])
    assert len(rounds) > 1
    assert kept.id not in reported(caplog)


def reported(caplog) -> set[str]:
    return {line.attachment_id for line in caplog.records if line.message == "a file is missing"}


async def test_an_upload_that_is_committed_is_answered_although_the_database_is_away_right_after(practice, monkeypatch):
    note = await practice.write()
    database = practice.environment.runtime("clinical").database

    def away(workspace_id, *, seconds):
        raise Unavailable("database_unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(database, "transaction", away)
        file = await practice.attach(note, photo())
    assert [each.id for each in await practice.files(note)] == [file.id]


async def test_a_file_whose_commit_is_still_on_its_way_when_its_answer_is_given_up_is_kept(practice, monkeypatch):
    note = await practice.write()
    commit, one, adding, committing = Transaction.commit, Transaction.one, set(), []

    async def noticed(tx: Transaction, stmt: Statement, **params: object) -> Record:
        if stmt is store.add:
            adding.add(tx)
        return await one(tx, stmt, **params)

    async def lost(tx: Transaction) -> None:
        if tx not in adding:
            return await commit(tx)
        # As when the database waits for its disk or its standby: the COMMIT was sent, and the connection is given up.
        connection, tx._connection = tx._connection, None

        async def later() -> None:
            await asyncio.sleep(0.5)
            await connection.execute("COMMIT")
            await tx._pool.release(connection)

        committing.append(asyncio.create_task(later()))
        raise Unavailable("database_unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "one", noticed)
        patched.setattr(Transaction, "commit", lost)
        with pytest.raises(Unavailable):
            await practice.attach(note, photo())
    await asyncio.gather(*committing)

    assert [file.id for file in await practice.files(note)] == [path.name for path in practice.stored()] != []


# --- the sandbox


async def test_a_sanitizer_that_cannot_start_is_an_internal_error_and_leaves_nothing_stored(practice, monkeypatch):
    monkeypatch.setattr(sandbox, "PROGRAM", "clinical.attachments.no_such_module")
    note = await practice.write()
    with pytest.raises(InternalFault):
        await practice.attach(note, photo())
    assert practice.stored() == []


async def test_a_sanitizer_that_never_ends_is_killed(practice, monkeypatch, tmp_path):
    (tmp_path / "endless_sanitizer.py").write_text("while True: pass")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sandbox, "PROGRAM", "endless_sanitizer")
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 0.3)
    note = await practice.write()
    with pytest.raises(Unavailable) as refused:
        await practice.attach(note, photo())
    assert refused.value.code == "file_not_examined"
    assert practice.stored() == []


ENDLESS_OUTPUT = """
import sys
sys.stdin.buffer.read()
sys.stdout.buffer.write(b'{"media_type": "image/png"}\\n')
while True:
    sys.stdout.buffer.write(b"x" * 65536)
"""


async def test_a_sanitizer_whose_output_does_not_end_is_killed_before_it_fills_the_disk(practice, monkeypatch, tmp_path):
    (tmp_path / "talkative_sanitizer.py").write_text(ENDLESS_OUTPUT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sandbox, "PROGRAM", "talkative_sanitizer")
    sizes = []
    append = Spool.append

    async def counted(spool, data):
        await append(spool, data)
        sizes.append(spool.size)

    monkeypatch.setattr(Spool, "append", counted)
    note = await practice.write()
    with pytest.raises(Invalid) as refused:
        await practice.attach(note, photo())
    assert refused.value.code == "file_too_large"
    assert max(sizes) <= MAX_CLEAN_BYTES
    assert practice.stored() == []


SLOW_SANITIZER = """
import sys, time
from pathlib import Path
content = sys.stdin.buffer.read()
with open({begun!r}, "a") as begun:
    begun.write(content[:4].hex() + "\\n")
while not Path({gate!r}).exists():
    time.sleep(0.01)
sys.stdout.buffer.write(b'{{"media_type": "image/png"}}\\n' + content)
"""


async def test_one_workspaces_files_do_not_keep_anothers_waiting_for_all_of_them(practice, neighbour, monkeypatch, tmp_path):
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    (tmp_path / "slow_sanitizer.py").write_text(SLOW_SANITIZER.format(begun=str(begun), gate=str(gate)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sandbox, "PROGRAM", "slow_sanitizer")
    note, theirs = await practice.write(), await neighbour.write()

    async def attach(to, where, content):
        request = pb.UploadAttachmentRequest(session_id=where.id, file_name="scan.png")
        await to.attachments.UploadAttachment(request, pieces(content), to.call.within(60))

    many = [asyncio.ensure_future(attach(practice, note, photo())) for _ in range(10)]
    async with asyncio.timeout(20):
        while not begun.exists() or len(begun.read_text().split()) < sandbox.AT_ONCE:
            await asyncio.sleep(0.01)
    last = asyncio.ensure_future(attach(neighbour, theirs, photo("PNG")))
    _, upload = practice.environment.runtime("clinical").server._methods["/caseload.clinical.v1.Attachments/UploadAttachment"]
    async with asyncio.timeout(20):
        while neighbour.workspace_id not in upload.__self__._files._sandbox._turns._waiting:
            await asyncio.sleep(0.01)
    gate.touch()
    await asyncio.gather(*many, last)

    # Two at a time begin in either order.
    assert begun.read_text().split().index(photo("PNG")[:4].hex()) <= 5


def test_a_sanitizer_killed_by_its_limits_means_an_unsafe_file():
    with pytest.raises(Invalid) as refused:
        sandbox.media_type_of(-signal.SIGXCPU, b"", b"")
    assert refused.value.code == "file_unsafe"
    for of_the_machine in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
        with pytest.raises(Unavailable) as interrupted:
            sandbox.media_type_of(-of_the_machine, b"", b"")
        assert (interrupted.value.code, interrupted.value.retry_after) == ("file_not_examined", 5.0)
    with pytest.raises(RuntimeError):
        sandbox.media_type_of(1, b"", b"Traceback")
    with pytest.raises(RuntimeError):
        sandbox.media_type_of(0, b"", b"")
    assert sandbox.media_type_of(0, json.dumps({"media_type": "image/png"}).encode() + b"\n", b"") == "image/png"


def heavy(size: int) -> bytes:
    """A valid document of at least this size."""
    return document(
        lambda pdf: pdf.Root.__setitem__("/Padding", pdf.make_stream(bytes(range(256)) * (size // 256 + 1))), compress_streams=False
    )


def note_of(file: pb.Attachment) -> sessions_pb2.Session:
    return sessions_pb2.Session(id=file.session_id)
