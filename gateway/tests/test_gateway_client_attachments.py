"""All files of a client over HTTP: uploads, links, and several files as one archive."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.options.v1 import options_pb2
from chassis.context import Caller
from chassis.storage.archive import archive, unique_names
from chassis.storage.local import LocalBlobs
from clinical.client_attachments import rules

API = "/api/v1"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def path(practice):
    return f"{API}/clients/{(await practice.add_client())['id']}/attachments"


async def uploaded(practice, path, name="scan.png"):
    reply = await practice.http.post(path, files={"file": (name, picture(), "image/png")})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_a_clients_own_file_is_uploaded_listed_linked_renamed_and_deleted(practice, path, check_problem):
    file = await uploaded(practice, path, "Knee left.png")
    assert (file["file_name"], file["session_id"], file["is_session_file"], file["session_date"]) == ("Knee left.png", None, False, None)
    assert (await practice.http.get(path)).json() == {"items": [file], "total": 1}
    link = (await practice.http.get(f"{path}/{file['id']}/download", params={"expires_in_minutes": 5})).json()
    assert link["expires_in_seconds"] == 300
    fetched = await practice.http.get(link["download_url"])
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/png")
    assert (await practice.http.patch(f"{path}/{file['id']}", json={"file_name": "Knee"})).json()["file_name"] == "Knee.png"
    assert (await practice.http.delete(f"{path}/{file['id']}")).status_code == 204
    check_problem(await practice.http.get(f"{path}/{file['id']}/download"), 404, "not_found")
    for minutes in (0, 61):
        refused = await practice.http.get(f"{path}/{file['id']}/download", params={"expires_in_minutes": minutes})
        check_problem(refused, 422, "validation_failed")


async def test_a_photograph_in_heic_and_a_file_of_an_unknown_kind_are_refused_with_the_reason(practice, path, check_problem):
    heic = b"\0\0\0\x18ftypheic" + bytes(200)
    for content, told in ((heic, "HEIC"), (b"GIF89a", "JPEG or PNG images, or PDF"), (b"<svg/>", "JPEG or PNG images, or PDF")):
        refused = await practice.http.post(path, files={"file": ("wound.jpg", content, "image/jpeg")})
        assert told in check_problem(refused, 422, "file_type_not_allowed")["detail"]
    assert (await practice.http.get(path)).json() == {"items": [], "total": 0}


async def test_the_room_that_a_file_took_is_given_back_when_it_is_deleted(practice, path):
    async def used():
        return (await practice.http.get(f"{API}/workspaces/{practice.person.workspace_id}/storage")).json()["used_bytes"]

    before = await used()
    file = await uploaded(practice, path)
    assert await used() == before + file["file_size_bytes"]
    assert (await practice.http.delete(f"{path}/{file['id']}")).status_code == 204
    assert await used() == before


async def test_several_files_come_as_one_archive_under_names_of_their_own(practice, path):
    client_id = path.split("/")[4]
    note = await practice.write_note(client_id)
    of_note = await uploaded(practice, f"{API}/sessions/{note['id']}/attachments")
    own, other = await uploaded(practice, path), await uploaded(practice, path, "Scan.PNG")
    ids = [own["id"], of_note["id"], other["id"]]

    reply = await practice.http.post(f"{path}/download-multiple", json={"attachment_ids": ids})

    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/zip")
    assert reply.headers["content-disposition"] == 'attachment; filename="files.zip"'
    archived = ZipFile(io.BytesIO(reply.content))
    assert archived.testzip() is None
    assert archived.namelist() == ["scan.png", "scan (2).png", "Scan (3).PNG"]
    assert [len(archived.read(name)) for name in archived.namelist()] == [file["file_size_bytes"] for file in (own, of_note, other)]


async def test_an_archive_goes_on_without_a_file_that_is_lost_and_names_it(gateway, practice, path):
    files = [await uploaded(practice, path, name) for name in ("first.png", "lost.png", "missing-files.txt.png", "last.png")]
    (stored,) = (gateway.environment.folder / "blobs").glob(f"*/{files[1]['id']}")
    stored.unlink()

    reply = await practice.http.post(f"{path}/download-multiple", json={"attachment_ids": [file["id"] for file in files]})

    assert reply.status_code == 200
    archived = ZipFile(io.BytesIO(reply.content))
    assert archived.testzip() is None
    assert archived.namelist() == ["first.png", "missing-files.txt.png", "last.png", "missing-files.txt"]
    assert len(archived.read("last.png")) == files[3]["file_size_bytes"]
    assert archived.read("missing-files.txt").decode().splitlines()[2:] == ["lost.png"]


def damage(stored: Path, how: str) -> None:
    """Does to a stored file what a disk, or a restoration that was broken off, does."""
    content = stored.read_bytes()
    stored.unlink()
    if how == "unreadable":
        stored.mkdir()
    elif how != "lost":
        stored.write_bytes(content[: {"short": 20, "empty": 0}[how]])


@pytest.mark.parametrize("piece", [8, 1024])
async def test_an_archive_goes_on_without_files_that_are_not_whole_and_names_them(gateway, practice, path, monkeypatch, piece):
    monkeypatch.setattr(rules, "LARGEST_PIECE", piece)
    bad = ("lost", "short", "empty", "unreadable")
    files = {name: await uploaded(practice, path, f"{name}.png") for name in ("first", *bad, "last")}
    for name in bad:
        (stored,) = (gateway.environment.folder / "blobs").glob(f"*/{files[name]['id']}")
        damage(stored, name)

    reply = await practice.http.post(f"{path}/download-multiple", json={"attachment_ids": [file["id"] for file in files.values()]})

    archived = ZipFile(io.BytesIO(reply.content))
    assert archived.testzip() is None
    assert archived.namelist() == ["first.png", "last.png", "missing-files.txt"]
    assert [archived.read(f"{name}.png") for name in ("first", "last")] == [picture()] * 2
    assert archived.read("missing-files.txt").decode().splitlines()[2:] == [f"{name}.png" for name in bad]


@pytest.mark.parametrize("how", ["lost", "short", "empty", "unreadable"])
async def test_there_is_no_link_to_a_file_that_is_not_whole(gateway, practice, path, check_problem, how):
    note = await practice.write_note(path.split("/")[4])
    for place in (path, f"{API}/sessions/{note['id']}/attachments"):
        file = await uploaded(practice, place)
        (stored,) = (gateway.environment.folder / "blobs").glob(f"*/{file['id']}")
        assert (await practice.http.get(f"{place}/{file['id']}/download")).status_code == 200
        damage(stored, how)

        problem = check_problem(await practice.http.get(f"{place}/{file['id']}/download"), 404, "file_not_whole")
        assert "tell who runs this installation" in problem["detail"]


async def test_a_file_of_a_note_that_is_not_whole_is_told_without_a_link_and_can_be_deleted(gateway, practice, path):
    note = await practice.write_note(path.split("/")[4])
    place = f"{API}/sessions/{note['id']}/attachments"
    file = await uploaded(practice, place)
    (stored,) = (gateway.environment.folder / "blobs").glob(f"*/{file['id']}")
    damage(stored, "short")

    told = await practice.http.get(f"{place}/{file['id']}")

    assert (told.status_code, told.json()) == (200, file | {"download_url": None, "expires_at": None})
    assert (await practice.http.delete(f"{place}/{file['id']}")).status_code == 204
    assert (await practice.http.get(place)).json() == {"items": [], "total": 0}


async def test_an_archive_for_a_browser_begins_with_a_new_access_token(gateway, practice, path):
    file = await uploaded(practice, path)
    async with gateway.anonymous() as browser:
        signed_in = await browser.post(f"{API}/auth/login", json={"email": practice.person.email, "password": "correct horse battery"})
        headers = {"X-CSRF-Token": browser.cookies["csrf_token"]}
        reply = await browser.post(f"{path}/download-multiple", json={"attachment_ids": [file["id"]]}, headers=headers)

    assert reply.status_code == 200, reply.text
    assert reply.cookies["access_token"] not in {"", signed_in.json()["access_token"]}
    assert ZipFile(io.BytesIO(reply.content)).testzip() is None


async def test_an_archive_of_other_files_or_of_too_many_is_refused(practice, path, check_problem, monkeypatch):
    file = await uploaded(practice, path)
    elsewhere = f"{API}/clients/{(await practice.add_client())['id']}/attachments"
    ask = {"attachment_ids": [file["id"]]}
    check_problem(await practice.http.post(f"{elsewhere}/download-multiple", json=ask), 404, "not_found")
    check_problem(await practice.http.post(f"{path}/download-multiple", json={"attachment_ids": []}), 422, "validation_failed")
    check_problem(await practice.http.post(f"{path}/download-multiple", json={"attachment_ids": [file["id"]] * 2}), 422, "choice_invalid")
    monkeypatch.setattr(rules, "MOST_BYTES_AT_ONCE", file["file_size_bytes"] - 1)
    problem = check_problem(await practice.http.post(f"{path}/download-multiple", json=ask), 413, "files_too_large")
    assert problem["limit_bytes"] == file["file_size_bytes"] - 1
    monkeypatch.setattr(rules, "MOST_BYTES_AT_ONCE", file["file_size_bytes"])
    assert (await practice.http.post(f"{path}/download-multiple", json=ask)).status_code == 200


def test_a_hundred_megabytes_may_be_had_at_once():
    assert rules.MOST_BYTES_AT_ONCE == 100 * 1024 * 1024


async def test_an_archive_is_sent_piece_after_piece_and_holds_one_at_a_time():
    read = []
    large = 5 * 1024 * 1024

    async def content(place: int) -> AsyncIterator[bytes]:
        for number in range(2):
            read.append((place, number))
            yield bytes([place]) * large

    names = [("a.png", datetime(2026, 3, 2, 9, tzinfo=UTC)), ("ä.png", datetime(2026, 3, 2, 9, tzinfo=UTC))]
    sent: list[bytes] = []
    async for piece in archive(names, content):
        sent.append(piece)
        assert len(piece) <= 256 * 1024
        # The next piece of a file is read when the one before it is sent.
        assert sum(map(len, sent)) > (len(read) - 1) * large
    archived = ZipFile(io.BytesIO(b"".join(sent)))
    assert read == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [(info.filename, archived.read(info)) for info in archived.infolist()] == [
        ("a.png", b"\0" * 2 * large),
        ("ä.png", b"\1" * 2 * large),
    ]


async def test_an_archive_is_read_in_pieces_and_leaves_one_line_in_the_trail(gateway, practice, path, monkeypatch):
    files = [await uploaded(practice, path) for _ in range(2)]
    ids, read = [file["id"] for file in files], []
    monkeypatch.setattr(rules, "LARGEST_PIECE", 20)
    fetch = LocalBlobs.read

    async def counted(blobs, key, start, size):
        read.append((start, size))
        return await fetch(blobs, key, start, size)

    monkeypatch.setattr(LocalBlobs, "read", counted)
    reply = await practice.http.post(f"{path}/download-multiple", json={"attachment_ids": ids})

    archived = ZipFile(io.BytesIO(reply.content))
    assert archived.testzip() is None
    assert Image.open(io.BytesIO(archived.read("scan.png"))).size == (8, 8)
    # No more is fetched than is sent.
    assert read == 2 * [(start, 20) for start in range(0, files[0]["file_size_bytes"], 20)]
    lines = await gateway.environment.emitted(AuditRecorded)
    (line,) = [line for line in lines if ids[0] in line.resource_ids and line.action == options_pb2.ACTION_EXPORT]
    assert (list(line.resource_ids), line.event_type, line.user_id) == (ids, "choose_client_attachments", str(practice.person.user_id))
    assert not [line for line in lines if line.event_type == "read_client_attachment"]


async def test_an_archive_has_its_place_until_it_is_sent(gateway, practice, path, check_problem):
    file = await uploaded(practice, path)
    ask = {"attachment_ids": [file["id"]]}
    narrow = gateway.reconfigured(archives_per_user=1)
    archives = narrow.app.state.archives
    async with narrow.colleague(practice.person) as http:
        for _ in range(2):
            assert (await http.post(f"{path}/download-multiple", json=ask)).status_code == 200
        refused = await http.post(f"{path}/download-multiple", json={"attachment_ids": [str(uuid4())]})
        check_problem(refused, 404, "not_found")
        assert not archives._under_way
        with archives.admit(Caller(user_id=practice.person.user_id, workspace_id=practice.person.workspace_id)):
            busy = await http.post(f"{path}/download-multiple", json=ask)
    assert check_problem(busy, 429, "too_many_archives")["counted_by"] == "user"
    assert "retry-after" in busy.headers


@pytest.mark.parametrize(
    ("given_names", "unique"),
    [
        (["a.png", "a.png", "A.PNG"], ["a.png", "a (2).png", "A (3).PNG"]),
        (["a.png", "a (2).png", "a.png"], ["a.png", "a (2).png", "a (3).png"]),
        (["../../etc/passwd", "..\\x.png", "C:\\x.png"], ["_.._etc_passwd", "_x.png", "C__x.png"]),
        (["con.png", "NUL", "lpt1.tar.gz", "console.png"], ["_con.png", "_NUL", "_lpt1.tar.gz", "console.png"]),
        ([" . ", "...", "a\u202egnp.exe"], ["file", "file (2)", "a_gnp.exe"]),
        (["x" * 300 + ".png"], ["x" * 200 + ".png"]),
        (["é" * 150 + ".png"], ["é" * 100 + ".png"]),
    ],
)
def test_names_in_an_archive_are_safe_and_different(given_names, unique):
    assert unique_names(given_names) == unique


@given(st.lists(st.text(max_size=30), max_size=20))
def test_whatever_files_are_called_they_can_be_unpacked_side_by_side(names):
    unique = unique_names(names)
    assert len({name.casefold() for name in unique}) == len(names)
    for name in unique:
        assert name
        assert not set(name) & set('<>:"/\\|?*\0')
        assert name not in {".", ".."}
        assert len(name.encode()) <= 255
