"""Who may have the file of a job, and until when; and the archive that is written over many steps."""

import io
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.encryption.framing import frame
from chassis.errors import Conflict, Forbidden, Gone, NotFound
from chassis.jobs import rules
from chassis.jobs.zip_file import ZipEntry, ZipWriter

NOW = datetime(2026, 11, 22, 9, 30, 20, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)
USER, JOB = UUID(int=1), UUID(int=2)


def mac(key, *parts):
    return sha256(frame(key, *parts)).digest()


MAC = partial(mac, b"key")


@pytest.mark.parametrize(
    ("status", "expires_at", "has_it"), [("done", LATER, True), ("done", NOW, False), ("done", None, False), ("running", LATER, False)]
)
def test_a_file_is_there_when_its_job_is_done_and_until_it_expires(status, expires_at, has_it):
    assert rules.has_file(status, expires_at, now=NOW) is has_it


def test_what_has_made_no_file_and_what_has_expired_are_told_apart():
    rules.check_file("done", LATER, is_kept=True, now=NOW)
    for status, expires_at in (("running", LATER), ("cancelled", EARLIER), ("done", None)):
        with pytest.raises(Conflict) as refused:
            rules.check_file(status, expires_at, is_kept=False, now=NOW)
        assert (refused.value.code, refused.value.facts) == ("job_without_file", {"status": status})
    for expires_at, is_kept in ((NOW, True), (LATER, False)):
        with pytest.raises(Gone) as gone:
            rules.check_file("done", expires_at, is_kept=is_kept, now=NOW)
        assert gone.value.code == "job_file_expired"


def test_a_file_is_read_by_whoever_could_order_it():
    rules.check_reader({"a", "b"}, needs="a", is_anothers=False)
    for scopes, is_anothers in (({"b"}, False), ({"b"}, True), ({"a", "b"}, True)):
        with pytest.raises(Forbidden) as refused:
            rules.check_reader(scopes, needs="a", is_anothers=is_anothers)
        assert refused.value.code == "permission_denied"


def test_a_ticket_is_one_users_for_one_job_for_an_hour():
    made = rules.ticket(MAC, USER, JOB, 1000.7)
    rules.check_ticket(made, MAC, USER, JOB, 1000.0)
    rules.check_ticket(made, MAC, USER, JOB, 4599.9)
    for ticket, key, user, job, now in (
        (made, MAC, JOB, JOB, 1000.0),
        (made, MAC, USER, USER, 1000.0),
        (made, partial(mac, b"other"), USER, JOB, 1000.0),
        (made, MAC, USER, JOB, 4600.0),
        ((9999).to_bytes(8, "big") + made[8:], MAC, USER, JOB, 1000.0),
        (b"", MAC, USER, JOB, 1000.0),
    ):
        with pytest.raises(NotFound):
            rules.check_ticket(ticket, key, user, job, now)


class Written:
    """What a job's file would be."""

    def __init__(self):
        self.content = b""

    @property
    def size(self):
        return len(self.content)

    async def write(self, data):
        self.content += data


async def pieces_of(content):
    for start in range(0, len(content), 7):
        yield content[start : start + 7]


@given(st.dictionaries(st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=20), st.binary(max_size=50), max_size=5))
async def test_an_archive_that_is_written_by_several_is_one_that_everybody_opens(contents):
    written, told = Written(), []
    for name, content in contents.items():
        # Each entry by a writer of its own, as after a kill.
        told.append((await ZipWriter(written).add(f"clients/{name}", NOW, pieces_of(content))).as_json())

    async def entries():
        for each in told:
            yield ZipEntry.of_json(each)

    await ZipWriter(written).finish(entries())
    archive = ZipFile(io.BytesIO(written.content))
    assert archive.testzip() is None
    assert {info.filename.removeprefix("clients/"): archive.read(info) for info in archive.infolist()} == contents
    for info, each in zip(archive.infolist(), told, strict=True):
        assert (info.date_time, info.compress_type, info.external_attr >> 16) == ((2026, 11, 22, 9, 30, 20), ZIP_STORED, 0o600)
        assert each[-1] == sha256(archive.read(info)).hexdigest()
