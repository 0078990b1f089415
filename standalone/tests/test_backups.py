"""What a backup is made of: streams, keys under a passphrase, manifests, archives, and which are kept."""

import asyncio
import io
import json
import os
import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis import private_files
from chassis.errors import Gone, NotFound
from standalone.backups import catalogue, cluster, escrow, settling, tar_stream
from standalone.backups.catalogue import MANIFEST, Found
from standalone.backups.command import _list, chosen_target
from standalone.backups.errors import BackupFailed, WrongPassphrase
from standalone.backups.escrow import Escrow
from standalone.backups.journal.naming_rules import SEGMENT_BYTES, Dated, Piece, journal_name
from standalone.backups.journal.pruning import prune
from standalone.backups.journal.replaying import Plan, Replay, plan
from standalone.backups.journal.state import Journal, current, place_of
from standalone.backups.journal.store import JournalStore
from standalone.backups.ledger import Entry, Ledger
from standalone.backups.manifest import Manifest, Part, _mac
from standalone.backups.operator_mail import OperatorMail
from standalone.backups.passphrases import passphrase_from
from standalone.backups.restoring import _check_release, _check_workplace, _open_keys, check_empty
from standalone.backups.retention import Kept, expired
from standalone.backups.schedule import BackupSchedule
from standalone.backups.sealed_stream import CHUNK, HEADER, derived_key, seal, unseal
from standalone.backups.secret_files import _LARGEST, secret_files, write_secret_files
from standalone.backups.status import BackupStatus, ProofStatus
from standalone.backups.target_mark import check_is_there, check_mark
from standalone.backups.targets import ApartTarget, DirectoryTarget, open_target
from standalone.home import Home
from standalone.settings import StandaloneSettings

KEY = b"k" * 32
NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
PASSPHRASE = "orbit-lemon-quarry-violin-72"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """A guess costs next to nothing here."""
    monkeypatch.setattr(escrow, "_N", 2**14)


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    made.create_missing()
    made.postgres.mkdir()
    (made.postgres / "superuser").write_bytes(b"a password")
    return made


@given(st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]), st.integers(1, 200_000))
@settings(max_examples=30)
def test_a_sealed_stream_opens_however_it_is_cut(size, cut):
    content = os.urandom(size)
    sealed = b"".join(seal([content], KEY))

    pieces = [sealed[start : start + cut] for start in range(0, len(sealed), cut)]

    assert b"".join(unseal(pieces, KEY)) == content
    assert content[:64] not in sealed or size < 16


@pytest.mark.parametrize("size", [0, 10, CHUNK, 2 * CHUNK + 5])
def test_a_sealed_stream_that_was_changed_anywhere_does_not_open(size):
    sealed = b"".join(seal([b"x" * size], KEY))
    chunk = CHUNK + 16
    body = sealed[len(HEADER) :]
    changed = [
        b"",
        sealed[:-1],
        sealed + b"\0",
        sealed[: len(HEADER) + chunk],
        HEADER + body[chunk:] + body[:chunk],
        *(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in (0, len(HEADER), len(sealed) - 1)),
    ]
    for each in (each for each in changed if each != sealed):
        with pytest.raises(BackupFailed):
            list(unseal([each], KEY))
    with pytest.raises(BackupFailed):
        list(unseal([sealed], derived_key(KEY, "another part")))


def test_keys_open_with_their_passphrase_for_their_backup_and_in_no_other_way():
    held = Escrow(KEY, {"keyring.json": b"the root keys", "service-keys/audit.pem": b"\0\xff"})
    document = held.lock(PASSPHRASE, "one")

    assert Escrow.unlock(document, PASSPHRASE, "one") == held
    assert b"root keys" not in document
    assert "root keys" not in repr(held)
    for passphrase, name in (("another", "one"), (PASSPHRASE, "two")):
        with pytest.raises(BackupFailed, match="passphrase does not open"):
            Escrow.unlock(document, passphrase, name)
    changed = json.loads(document)
    for part, value in (("salt", "AAAA"), ("n", 2**15), ("sealed", "AAAA"), ("p", 2)):
        with pytest.raises(BackupFailed):
            Escrow.unlock(json.dumps({**changed, part: value}).encode(), PASSPHRASE, "one")


@pytest.mark.parametrize(
    "hostile", [{"n": 2**40}, {"n": 1}, {"r": 1024}, {"p": 1000}, {"kdf": "none"}, {"format": 2}, {"salt": 5}, {"n": "x"}]
)
def test_keys_that_ask_for_the_machines_whole_memory_are_refused(hostile):
    document = json.loads(Escrow(KEY, {}).lock(PASSPHRASE, "one"))

    for broken in (json.dumps({**document, **hostile}).encode(), b"[]", b"\xff", b"{}", b"null", b"[" * 100_000):
        with pytest.raises(BackupFailed, match="damaged"):
            Escrow.unlock(broken, PASSPHRASE, "one")


def test_a_passphrase_is_read_from_a_private_file_or_standard_input_and_a_new_one_is_judged(tmp_path, monkeypatch):
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\n")
    file.chmod(0o644)
    with pytest.raises(BackupFailed, match="chmod 600"):
        passphrase_from(file, new=False)
    file.chmod(0o600)
    assert passphrase_from(file, new=True) == PASSPHRASE
    (tmp_path / "of-windows").touch(mode=0o600)
    (tmp_path / "of-windows").write_text(PASSPHRASE, encoding="utf-16")
    with pytest.raises(BackupFailed, match="UTF-8"):
        passphrase_from(tmp_path / "of-windows", new=False)

    for typed in ("password123\n", "caseload2026\n", "\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(BackupFailed):
            passphrase_from(None, new=True)
    # A restore takes whatever the backup was made with.
    monkeypatch.setattr("sys.stdin", io.StringIO("weak\r\n"))
    assert passphrase_from(None, new=False) == "weak"
    with pytest.raises(BackupFailed, match="cannot be read"):
        passphrase_from(tmp_path / "missing", new=False)


def manifest(name="20260329T013000Z-00000000-00000000", **but):
    return Manifest(
        **{
            "name": name,
            "made_at": NOW,
            "postgres": 180006,
            "revisions": {"audit": "0001"},
            "files": 3,
            "parts": {"files": Part(5, "ab")},
            **but,
        }
    )


def test_a_manifest_is_believed_as_it_was_written():
    written = manifest().dump(KEY)

    assert Manifest.parse(written, KEY) == manifest()
    for part, value in (("files", 4), ("name", "other"), ("mac", "00"), ("revisions", {}), ("parts", {}), ("postgres", 170000)):
        with pytest.raises(BackupFailed, match="was changed"):
            Manifest.parse(json.dumps({**json.loads(written), part: value}).encode(), KEY)
    with pytest.raises(BackupFailed, match="newer release"):
        Manifest.parse(json.dumps({**json.loads(written), "format": 3}).encode())
    for broken in (
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        json.dumps({**json.loads(written), "more": 1}).encode(),
        b"[" * 100_000,
        json.dumps({**json.loads(written), "files": "\33[2J"}).encode(),
    ):
        with pytest.raises(BackupFailed):
            Manifest.parse(broken)


def test_a_manifest_of_a_release_without_journals_is_believed_too():
    newer = json.loads(manifest().dump(KEY))
    older = {name: value for name, value in newer.items() if name not in {"mac", "stopped_at", "journal", "first_segment"}} | {"format": 1}

    assert Manifest.parse(json.dumps({**older, "mac": _mac(older, KEY)}).encode(), KEY) == manifest()


def test_a_target_that_has_lost_its_mark_is_refused_before_anything_is_written(home, tmp_path):
    target = DirectoryTarget(tmp_path / "disk")
    check_mark(home, target, "here")
    check_mark(home, target, "here")
    check_is_there(target)
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    with pytest.raises(BackupFailed, match="is its disk mounted"):
        check_mark(home, target, "here")
    with pytest.raises(BackupFailed, match="is its disk mounted"):
        check_is_there(target)
    assert not (tmp_path / "disk").exists()
    # Another place is another target, and this one is known again when it is back, and missed until then.
    check_mark(home, DirectoryTarget(tmp_path / "other"), "there")
    with pytest.raises(BackupFailed, match="is its disk mounted"):
        check_mark(home, target, "here")
    assert not (tmp_path / "disk").exists()
    (tmp_path / "unplugged").rename(tmp_path / "disk")
    check_mark(home, target, "here")


@pytest.mark.parametrize("lost", ["disk", "keys"])
def test_where_keys_are_kept_apart_neither_of_the_two_is_an_empty_directory(home, tmp_path, lost):
    target = ApartTarget(DirectoryTarget(tmp_path / "disk"), DirectoryTarget(tmp_path / "keys"))
    check_mark(home, target, "here")
    check_is_there(target)
    (tmp_path / lost).rename(tmp_path / "unplugged")

    with pytest.raises(BackupFailed, match="is its disk mounted"):
        check_mark(home, target, "here")
    with pytest.raises(BackupFailed, match="is its disk mounted"):
        check_is_there(target)


def test_what_a_kill_has_left_of_an_object_does_not_keep_it_from_being_written(home, tmp_path):
    left = tmp_path / "disk" / "caseload" / "target.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")

    check_mark(home, DirectoryTarget(tmp_path / "disk"), "here")

    assert not left.exists()


def test_the_ledger_passes_over_what_a_kill_has_left_and_names_what_was_changed(home, tmp_path):
    target = DirectoryTarget(tmp_path)
    entry = Entry("client", "workspace", "client")
    Ledger.of(home, target).add([entry], NOW)
    (written,) = (path for path in tmp_path.glob("erasures-*/*"))
    written.with_name("20260329T013001000000Z-00000000.part").write_bytes(b"half")
    assert Ledger.of(home, target).entries() == [entry]

    written.write_bytes(written.read_bytes()[:-1])
    with pytest.raises(BackupFailed, match=f"{written.name} of the ledger of erasures"):
        Ledger.of(home, target).entries()


def test_an_archive_has_what_is_there_and_its_files_are_their_owners_alone(tmp_path):
    source = tmp_path / "source"
    (source / "files" / "empty").mkdir(parents=True)
    (source / "files" / "deep" / "er").mkdir(parents=True)
    contents = {"files/a": b"", "files/deep/b": b"x" * 511, "files/deep/er/c": os.urandom(2 * tar_stream.PIECE + 1)}
    for name, content in contents.items():
        (source / name).write_bytes(content)
    (source / "files" / ".half-written").write_bytes(b"-")
    archive = tar_stream.Archive(source, "files", "missing")

    pieces = list(tar_stream.compressed(archive.pieces()))

    assert archive.files == 3
    assert archive.expected_size == sum(map(len, contents.values()))
    assert tar_stream.count(tar_stream.decompressed(iter(pieces))) == 3
    assert tar_stream.unpack(tar_stream.decompressed(iter(pieces)), tmp_path / "out") == 3
    found = {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == contents
    assert (tmp_path / "out" / "files" / "empty").is_dir()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "out").rglob("*"))


def test_an_archive_leaves_out_no_folder_that_cannot_be_read(tmp_path):
    (tmp_path / "files").touch()

    with pytest.raises(BackupFailed, match="files cannot be read"):
        list(tar_stream.Archive(tmp_path, "files").pieces())


def test_an_archive_is_read_to_its_end_where_it_is_judged():
    def pieces():
        yield bytes(1024)
        raise BackupFailed("not as its manifest says")

    with pytest.raises(BackupFailed, match="manifest"):
        tar_stream.count(pieces())


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "files/../../outside"])
def test_an_archive_writes_nowhere_else(tmp_path, name):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name))

    with pytest.raises(BackupFailed, match="outside"):
        tar_stream.unpack(iter([archive.getvalue()]), tmp_path / "root")


def test_an_archive_has_no_links(tmp_path):
    archive, link = io.BytesIO(), tarfile.TarInfo("files/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(link)

    with pytest.raises(BackupFailed, match="neither a file nor a folder"):
        tar_stream.unpack(iter([archive.getvalue()]), tmp_path)


moments = st.lists(
    st.datetimes(NOW.replace(year=2025, tzinfo=None), NOW.replace(year=2027, tzinfo=None), timezones=st.just(UTC)), max_size=40
)
counts = st.integers(0, 8)


@given(moments, counts, counts, counts, counts)
def test_what_is_kept_stays_kept_and_the_newest_always_is(made, last, daily, weekly, monthly):
    by_name = {f"{place:02}": moment for place, moment in enumerate(made)}
    kept = Kept(last, daily, weekly, monthly)

    gone = expired(by_name, kept)

    stay = {name: moment for name, moment in by_name.items() if name not in gone}
    assert len(stay) <= max(1, last + daily + weekly + monthly)
    assert expired(stay, kept) == []
    assert not made or max(made) in stay.values()
    assert sorted(made)[len(made) - min(last, len(made)) :] == sorted(stay.values())[len(stay) - min(last, len(made)) :]
    assert [by_name[name] for name in gone] == sorted(by_name[name] for name in gone)
    days = sorted({moment.date() for moment in made}, reverse=True)[:daily]
    assert {max(moment for moment in made if moment.date() == day) for day in days} <= set(stay.values())


def test_a_year_of_backups_leaves_days_weeks_and_months():
    made = {f"{day:03}": datetime(2026, 1, 1, 3, tzinfo=UTC) + timedelta(days=day) for day in range(365)}

    stay = sorted(made.keys() - set(expired(made, Kept(3, 7, 5, 12))))

    # This week and the last one, and this month, have one of those days.
    assert len(stay) == 7 + 3 + 11
    assert stay[-7:] == [f"{day:03}" for day in range(358, 365)]


def test_what_has_no_manifest_is_no_backup_and_is_deleted_a_day_later_by_its_own_installation(tmp_path, home):
    target = DirectoryTarget(tmp_path / "target")
    own, then = catalogue.installation_of(home), NOW.replace(year=2020)
    whole, half, strangers = (f"2020032{day}T013000Z-{of}-00000000" for day, of in ((7, own), (8, own), (8, "ffffffff")))
    for name in (whole, half, strangers):
        target.write(f"{name}/database", [b"-"])
    target.write(f"{whole}/{MANIFEST}", [manifest(whole).dump(KEY)])
    (tmp_path / "target" / "holiday-photos").mkdir()
    (tmp_path / "target" / "holiday-photos" / "1.jpg").write_bytes(b"-")

    assert catalogue.chosen(target, None).name == whole
    assert catalogue.manifest_of(target, catalogue.chosen(target, whole), KEY).name == whole
    with pytest.raises(BackupFailed, match="never finished"):
        catalogue.chosen(target, half)
    with pytest.raises(BackupFailed, match="no backup"):
        catalogue.chosen(target, "../home")

    catalogue.delete_abandoned(target, own, then - timedelta(hours=1))
    assert len(catalogue.found_in(target)) == 3
    catalogue.delete_abandoned(target, own, then + timedelta(seconds=1))
    assert {found.name for found in catalogue.found_in(target)} == {whole, strangers}
    catalogue.delete(target, catalogue.chosen(target, whole))
    assert (tmp_path / "target" / "holiday-photos" / "1.jpg").exists()
    with pytest.raises(BackupFailed, match="no whole backup"):
        catalogue.chosen(target, None)


def test_of_a_target_that_installations_share_nobody_is_given_anothers_backup_and_names_of_no_moment_are_none(tmp_path):
    target = DirectoryTarget(tmp_path)
    older, newer, other = "20200327T013000Z-aaaaaaaa-00000000", "20200328T013000Z-aaaaaaaa-00000000", "20200329T013000Z-bbbbbbbb-00000000"
    for name in (
        older,
        newer,
        "20200231T013000Z-aaaaaaaa-00000000",
        "99999999T999999Z-bbbbbbbb-00000000",
        "²0200329T013000Z-aaaaaaaa-00000000",
    ):
        target.write(f"{name}/{MANIFEST}", [b"-"])
    assert [found.name for found in catalogue.found_in(target)] == [older, newer]
    assert catalogue.chosen(target, None).name == newer

    future = "21260329T013000Z-aaaaaaaa-00000000"
    target.write(f"{future}/{MANIFEST}", [b"-"])
    with pytest.raises(BackupFailed, match="a clock is or was wrong"):
        catalogue.chosen(target, None)
    catalogue.delete(target, catalogue.chosen(target, future))

    target.write(f"{other}/{MANIFEST}", [b"-"])
    with pytest.raises(BackupFailed, match=f"several installations here.*{newer}, {other}"):
        catalogue.chosen(target, None)
    assert catalogue.chosen(target, older).name == older
    # Who proves its own backups knows which they are.
    assert catalogue.chosen(target, None, "aaaaaaaa").name == newer
    with pytest.raises(BackupFailed, match="several installations"):
        catalogue.chosen(target, None, "cccccccc")


def test_a_document_that_fills_the_memory_is_not_read(tmp_path):
    target = DirectoryTarget(tmp_path)
    target.write("20260329T013000Z-00000000-11111111/keys", (bytes(1024 * 1024) for _ in range(20)))

    with pytest.raises(BackupFailed, match="too large"):
        catalogue.document(target, "20260329T013000Z-00000000-11111111", "keys")


def test_an_empty_place_is_no_list(tmp_path):
    with pytest.raises(BackupFailed, match="there is no backup here"):
        _list(DirectoryTarget(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


def test_a_manifest_under_another_name_is_refused(tmp_path):
    target = DirectoryTarget(tmp_path)
    target.write(f"20260329T013000Z-00000000-11111111/{MANIFEST}", [manifest().dump(KEY)])

    with pytest.raises(BackupFailed, match="of another backup"):
        catalogue.manifest_of(target, Found("20260329T013000Z-00000000-11111111"), KEY)


def test_an_object_is_whole_or_absent(tmp_path):
    def breaking():
        yield b"half"
        raise BackupFailed("no room")

    target = DirectoryTarget(tmp_path / "target")
    with pytest.raises(BackupFailed, match="no room"):
        target.write("a/database", breaking())
    assert target.sizes() == {}
    with pytest.raises(BackupFailed, match="missing"):
        list(target.read("a/database"))


def test_keys_are_kept_apart(tmp_path):
    others, keys = DirectoryTarget(tmp_path / "others"), DirectoryTarget(tmp_path / "keys")
    apart = ApartTarget(others, keys)
    for part in ("database", "keys"):
        apart.write(f"a/{part}", [b"-"])

    assert others.sizes().keys() == {"a/database"}
    assert keys.sizes().keys() == {"a/keys"}
    assert apart.sizes() == {"a/database": 1, "a/keys": 1}
    assert list(apart.read("a/keys")) == [b"-"]


@pytest.mark.parametrize("address", ["ftp://x/y", "s3://", "s3://bucket?secret=1", "http://bucket", ""])
def test_a_target_is_a_directory_or_a_bucket(address):
    with pytest.raises(BackupFailed):
        open_target(address)


def test_a_backup_is_not_put_where_the_home_is(home, tmp_path):
    for inside in (home.directory, home.directory / "files", home.directory / ".." / "home" / "x"):
        with pytest.raises(BackupFailed, match="lost with it"):
            chosen_target(StandaloneSettings(), home, str(tmp_path / "elsewhere"), str(inside))
    with pytest.raises(BackupFailed, match="CASELOAD_BACKUP_TARGET"):
        chosen_target(StandaloneSettings(), home, None, None)


def test_the_secrets_of_a_home_are_those_that_it_needs_again(home, tmp_path):
    home.write_status({})
    (home.blobs / "photo").write_bytes(b"-")
    home.remember_settings()
    secrets = secret_files(home)

    assert {"keyring.json", "access.key", "database-secret", "blob-secret", "settings.json", "postgres/superuser"} <= secrets.keys()
    assert "service-keys/audit.key" in secrets
    assert not {"running.json", "lock", "files/photo"} & secrets.keys()

    again = Home(tmp_path / "again")
    write_secret_files(again, secrets)
    assert secret_files(again) == secrets
    assert all(path.stat().st_mode & 0o077 == 0 for path in again.directory.rglob("*"))
    with pytest.raises(BackupFailed, match="outside"):
        write_secret_files(Home(tmp_path / "third"), {"../escaped": b"-"})


def test_a_file_of_the_home_that_would_keep_the_keys_from_being_read_again_fails_the_backup(home, tmp_path):
    """Whatever lies in the home is under the passphrase with the keys, and what is larger than a document is never read."""
    stray = home.directory / "caseload.log"
    stray.write_bytes(os.urandom(_LARGEST - sum(map(len, secret_files(home).values()))))
    target = DirectoryTarget(tmp_path / "target")
    target.write("a/keys", [Escrow(KEY, secret_files(home)).lock(PASSPHRASE, "a")])
    assert Escrow.unlock(catalogue.document(target, "a", "keys"), PASSPHRASE, "a").secrets == secret_files(home)

    with stray.open("ab") as file:
        file.write(b"-")
    with pytest.raises(BackupFailed, match=r"caseload\.log is too large"):
        secret_files(home)


def test_a_restore_refuses_a_home_that_has_anything_in_it_and_a_newer_release(home, tmp_path, monkeypatch):
    with pytest.raises(BackupFailed, match="not empty"):
        check_empty(home)
    home.write_status({})
    with pytest.raises(BackupFailed, match="in use"):
        check_empty(home)
    check_empty(Home(tmp_path / "missing"))
    # Empty, but its name cannot be given to another directory.
    with pytest.raises(BackupFailed, match="mounted"), monkeypatch.context() as patched:
        patched.setattr(Path, "is_mount", lambda _: True)
        check_empty(Home(tmp_path / "missing"))

    for revisions in ({"audit": "9999"}, {"billing": "0001"}):
        with pytest.raises(BackupFailed, match="newer release"):
            _check_release(revisions)
    _check_release(manifest().revisions)


def test_a_restore_works_in_no_folder_that_is_somebody_elses(tmp_path, monkeypatch):
    _check_workplace(tmp_path / "missing")
    _check_workplace(tmp_path)
    (tmp_path / "lock").touch()
    _check_workplace(tmp_path)
    (tmp_path / "photo").touch()
    with pytest.raises(BackupFailed, match="somebody else's"):
        _check_workplace(tmp_path)
    (tmp_path / "restoring").touch()
    _check_workplace(tmp_path)
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with pytest.raises(BackupFailed, match="somebody else's"):
        _check_workplace(tmp_path)


def test_a_backup_is_due_when_the_last_one_is_old_and_a_failed_one_is_tried_again_soon(home):
    home.backups.mkdir()
    schedule = BackupSchedule(home, StandaloneSettings(backup_hours=24))
    assert schedule.due_at(NOW) == NOW

    hour = timedelta(hours=1)
    BackupStatus("a", NOW - hour).write(home)
    assert schedule.due_at(NOW) == NOW + 23 * hour
    # The clock was set back, or the status comes from a machine that is ahead.
    BackupStatus("a", NOW + 100 * hour).write(home)
    assert schedule.due_at(NOW) == NOW
    BackupStatus("a", NOW - 30 * hour, NOW, "no room").write(home)
    assert schedule.due_at(NOW) == NOW + hour / 4
    assert BackupStatus.read(home) == BackupStatus("a", NOW - 30 * hour, NOW, "no room")
    (home.backups / "status.json").write_text("{")
    assert schedule.due_at(NOW) == NOW


async def test_backups_go_on_when_a_disk_that_was_full_has_room_again(home, monkeypatch):
    pauses, started = asyncio.Queue(), asyncio.Event()

    async def paused(seconds):
        await pauses.put(seconds)
        if started.is_set():
            await asyncio.Event().wait()
        home.backups.unlink()

    async def start(*_command, **_how):
        started.set()
        raise OSError(12, "Cannot allocate memory")

    # Nothing can be written where a folder cannot be made.
    home.backups.touch()
    monkeypatch.setattr(asyncio, "sleep", paused)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    schedule = BackupSchedule(home, StandaloneSettings(backup_hours=24))
    schedule.start()
    try:
        async with asyncio.timeout(10):
            assert [await pauses.get(), await pauses.get()] == [900.0, 900.0]
            await started.wait()
    finally:
        await schedule.stop()


def test_backups_by_themselves_need_a_passphrase_that_nobody_types(tmp_path):
    StandaloneSettings().check_backups()
    with pytest.raises(SystemExit, match="CASELOAD_BACKUP_PASSPHRASE_FILE"):
        StandaloneSettings(backup_target="/backups").check_backups()
    StandaloneSettings(backup_target="/backups", backup_passphrase_file=tmp_path).check_backups()


def test_a_backup_is_proved_once_a_week_and_a_day_after_it_could_not_be(home):
    schedule = BackupSchedule(home, StandaloneSettings())
    home.backups.mkdir()
    assert not schedule.is_proof_due(NOW)
    BackupStatus("made", NOW).write(home)
    assert schedule.is_proof_due(NOW)
    ProofStatus("made", NOW).write(home)
    assert not schedule.is_proof_due(NOW + timedelta(days=6))
    assert schedule.is_proof_due(NOW + timedelta(days=7))
    ProofStatus("made", NOW, NOW + timedelta(days=7), "the disk is broken").write(home)
    assert not schedule.is_proof_due(NOW + timedelta(days=7, hours=23))
    assert schedule.is_proof_due(NOW + timedelta(days=8))
    # The clock was set back.
    ProofStatus("made", NOW).write(home)
    assert schedule.is_proof_due(NOW - timedelta(days=1))


def test_a_gap_in_the_log_is_closed_by_a_backup_at_once(home):
    schedule = BackupSchedule(home, StandaloneSettings())
    home.backups.mkdir()
    BackupStatus("made", NOW).write(home)
    Journal("journal", "here", NOW - timedelta(seconds=1), KEY).write(home)
    assert schedule.due_at(NOW + timedelta(hours=1)) == NOW + timedelta(hours=24)
    Journal("journal", "here", NOW + timedelta(minutes=5), KEY).write(home)
    assert schedule.due_at(NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)
    # The clock was set back since: one backup after the other would close no gap.
    assert schedule.due_at(NOW + timedelta(minutes=4)) == NOW + timedelta(hours=24)


def test_a_backup_to_another_place_takes_the_place_of_none(home):
    own = StandaloneSettings(backup_target="/media/usb", backup_journal=False)
    home.backups.mkdir()
    BackupStatus("made", NOW, place=place_of("/media/usb", "")).write(home)
    assert BackupSchedule(home, own).due_at(NOW) == NOW + timedelta(hours=24)
    BackupStatus("made", NOW, place=place_of("/tmp/by-hand", "")).write(home)
    assert BackupSchedule(home, own).due_at(NOW) == NOW


async def test_the_operator_is_told_once_a_day_of_what_is_wrong_and_anew_when_it_was_well(home):
    wrong = {"restore": "the last backup that was tried cannot be restored"}
    mail = OperatorMail(home, "smtp://127.0.0.1", "Caseload <no-reply@example.com>", "operator@example.com", lambda _: dict(wrong))
    sent = []

    async def send(message):
        sent.append(message)

    mail._smtp = SimpleNamespace(send=send)
    assert [await mail.tell(NOW + timedelta(hours=hours)) for hours in (0, 1, 23, 24, 25)] == [True, False, False, True, False]
    wrong["backups"] = "the last one is 50 hours old"
    assert await mail.tell(NOW + timedelta(hours=26))
    wrong.clear()
    assert not await mail.tell(NOW + timedelta(hours=27))
    wrong["backups"] = "the last one is 50 hours old"
    assert await mail.tell(NOW + timedelta(hours=28))
    assert [message["Subject"] for message in sent] == [
        *["Caseload: something is wrong with restore"] * 2,
        *["Caseload: something is wrong with backups"] * 2,
    ]
    assert sent[0]["To"] == "operator@example.com"
    assert "cannot be restored" in sent[0].get_content()


async def test_a_disk_that_is_full_and_a_network_that_comes_and_goes_are_one_mail_each(home, monkeypatch):
    wrong = {"backups": "there is no room"}
    mail = OperatorMail(home, "smtp://127.0.0.1", "Caseload <no-reply@example.com>", "operator@example.com", lambda _: dict(wrong))
    sent = []

    async def send(message):
        sent.append(message)

    def full(*_):
        raise OSError(28, "No space left on device")

    mail._smtp = SimpleNamespace(send=send)
    with monkeypatch.context() as disk:
        disk.setattr(private_files, "write", full)
        for minutes in (0, 1, 2):
            with pytest.raises(OSError, match="No space"):
                await mail.tell(NOW + timedelta(minutes=minutes))
    for minutes in range(3, 60):
        wrong.clear()
        if minutes % 2:
            wrong["backups"] = "the target does not answer"
        assert not await mail.tell(NOW + timedelta(minutes=minutes))
    assert len(sent) == 1


class Unreachable(DirectoryTarget):
    """A directory that does not give one of its objects."""

    missing = ""

    def read(self, name):
        if name == self.missing:
            raise BackupFailed("the bucket refuses: SlowDown")
        return super().read(name)


def test_no_journal_is_deleted_because_a_target_does_not_answer(tmp_path):
    target, journals = Unreachable(tmp_path), [journal_name("00000000", NOW + timedelta(days=days), "00000000") for days in (0, 8)]
    for days, journal in zip((1, 9), journals, strict=True):
        at = NOW + timedelta(days=days)
        made = replace(
            manifest(f"{at:%Y%m%dT%H%M%SZ}-00000000-00000000"), made_at=at, stopped_at=at, journal=journal, first_segment=f"{1:024X}"
        )
        target.write(f"{made.name}/{MANIFEST}", [made.dump(KEY)])
        target.write(f"{journal}/{Piece(f'{1:024X}', 0, SEGMENT_BYTES, at).name}", [b"-"])
    before, now = target.sizes(), NOW + timedelta(days=10)
    target.missing = f"{NOW + timedelta(days=1):%Y%m%dT%H%M%SZ}-00000000-00000000/{MANIFEST}"

    with pytest.raises(BackupFailed, match="SlowDown"):
        prune(target, "00000000", journals[1], 7, now)

    assert target.sizes() == before
    target.missing = ""
    assert prune(target, "00000000", journals[1], 7, now) == 0
    assert prune(target, "00000000", journals[1], 7, NOW + timedelta(days=17)) == 2


def test_one_passphrase_opens_a_backup_and_what_goes_on_after_it(tmp_path):
    target, name = DirectoryTarget(tmp_path), journal_name("00000000", NOW, "00000000")
    store = JournalStore(target, name, KEY)
    assert JournalStore.is_open_to(target, name, PASSPHRASE)
    store.lock(PASSPHRASE)
    store.lock(PASSPHRASE)
    assert JournalStore.is_open_to(target, name, PASSPHRASE)

    assert not JournalStore.is_open_to(target, name, "another passphrase")
    with pytest.raises(WrongPassphrase):
        store.lock("another passphrase")
    assert JournalStore.unlock(target, name, PASSPHRASE).key == KEY
    # Damaged: it is stored once more.
    (tmp_path / name / "keys").write_bytes(b"{")
    store.lock(PASSPHRASE)
    assert JournalStore.unlock(target, name, PASSPHRASE).key == KEY


class Slots:
    """What PostgreSQL says of the slot of the journal."""

    def __init__(self):
        self.kept = None

    async def fetchval(self, *_):
        return self.kept

    async def execute(self, statement, *_):
        self.kept = None if "drop" in statement else "reserved" if "create" in statement else self.kept


async def test_another_passphrase_begins_another_journal(home):
    slots = Slots()
    first = await current(home, slots, "here", lambda _: True)

    assert await current(home, slots, "here", lambda name: name == first.name) == first
    second = await current(home, slots, "here", lambda name: name != first.name)
    assert second.name != first.name
    assert second.key != first.key
    assert Journal.read(home) == second


def test_keys_that_were_changed_while_nobody_wrote_the_journal_are_those_of_the_backup(tmp_path):
    target, name = DirectoryTarget(tmp_path), journal_name("00000000", NOW, "00000000")
    store = JournalStore(target, name, KEY)
    store.lock(PASSPHRASE)
    hour = timedelta(hours=1)

    def secrets(keyring):
        return {"keyring.json": keyring}

    def written(moment, keyring):
        store.write(Dated(moment, "secrets").name, [json.dumps({"keyring.json": keyring.hex()}).encode()])

    written(NOW - hour, b"of before")
    replay = Replay(target, Plan(Found("-"), name), manifest(stopped_at=NOW), PASSPHRASE)
    assert list(replay.secrets(NOW + hour, secrets(b"of the backup"))) == [secrets(b"of the backup")]
    written(NOW + 2 * hour, b"of later")
    replay = Replay(target, Plan(Found("-"), name), manifest(stopped_at=NOW), PASSPHRASE)
    assert list(replay.secrets(NOW + hour, secrets(b"of the backup"))) == [secrets(b"of the backup"), secrets(b"of later")]
    assert list(replay.secrets(NOW + 3 * hour, secrets(b"of the backup"))) == [secrets(b"of later")]


async def test_secrets_that_an_earlier_release_did_not_have_are_there_with_the_keys_of_a_moment(home, monkeypatch):
    async def opened(*_):
        return 3

    monkeypatch.setattr(cluster, "open_data_keys", opened)
    older = {path: content for path, content in secret_files(home).items() if path not in {"blob-secret", "service-keys/audit.key"}}
    backup, replay = SimpleNamespace(escrow=SimpleNamespace(secrets=older)), SimpleNamespace(secrets=lambda *_: iter([older]))

    assert await _open_keys(backup, home, None, replay, NOW) == 3

    assert secret_files(home).keys() == {*older, "blob-secret", "service-keys/audit.key"}


async def test_who_was_merged_is_erased_again_with_whom_they_were_merged_into(monkeypatch):
    workspace, merged, left, alone = (str(UUID(int=number)) for number in range(1, 5))
    there, asked = {merged, left}, []

    async def erase(_runtime, _jobs, _workspace_id, client_id, _by):
        asked.append(str(client_id))
        if str(client_id) == alone:
            raise NotFound("no_such_workspace", "")
        if str(client_id) == merged and left in there:
            raise Gone("client_merged", "")
        was_there = str(client_id) in there
        if str(client_id) == left:
            there.clear()
        return was_there

    monkeypatch.setattr(settling, "erase_again", erase)
    entries = [Entry("client", workspace, client) for client in (merged, left, alone)]

    assert await settling._erase_clients({"clients": None}, entries) == 1

    assert there == set()
    assert asked == [merged, left, alone, merged]
    there |= {merged, left}
    with pytest.raises(BackupFailed, match=f"{merged}.*merged into another one"):
        await settling._erase_clients({"clients": None}, entries[:1])


def test_a_moment_is_restored_from_the_newest_backup_that_was_finished_by_then(tmp_path):
    target = DirectoryTarget(tmp_path)
    journal = journal_name("00000000", NOW, "00000000")
    for hours in (1, 25):
        name = f"{NOW + timedelta(hours=hours):%Y%m%dT%H%M%SZ}-00000000-00000000"
        made = manifest(name, made_at=NOW + timedelta(hours=hours), stopped_at=NOW + timedelta(hours=hours, minutes=5), journal=journal)
        made = replace(made, first_segment=f"{hours:024X}")
        target.write(f"{name}/{MANIFEST}", [made.dump(KEY)])
    ends = NOW + timedelta(hours=30)
    for number in range(1, 30):
        target.write(f"{journal}/{Piece(f'{number:024X}', 0, SEGMENT_BYTES, NOW + timedelta(hours=number + 1)).name}", [b"-"])

    def planned(hours):
        return plan(target, None, NOW + timedelta(hours=hours), NOW + timedelta(days=2))

    assert [planned(hours).found.begun_at for hours in (2, 25, 26)] == [NOW + timedelta(hours=hours) for hours in (1, 1, 25)]
    # Beyond the end of the journal: all of it, because PostgreSQL takes such a moment for an error.
    assert (planned(40).until, planned(40).reach.moment) == (None, ends)
    assert planned(29).until == NOW + timedelta(hours=29)
    with pytest.raises(BackupFailed, match=r"no backup was finished by.*first moment to restore to is 2026-03-29T02:35"):
        planned(1)
    with pytest.raises(BackupFailed, match="in the future"):
        planned(49)
    target.delete(f"{journal}/{Piece(f'{28:024X}', 0, SEGMENT_BYTES, NOW + timedelta(hours=29)).name}")
    assert planned(40).reach.gap == f"{28:024X}"
    assert planned(40).reach.moment == NOW + timedelta(hours=28)
