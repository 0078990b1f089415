"""An installation is backed up and restored as the page for operators says; what is damaged, killed or unopened restores nothing."""

import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from rich.console import Console
from walkthrough import paste, shell_blocks

from audit.trail.checkpoints import checkpoint_key
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import claim
from standalone.backups import catalogue, cluster, escrow
from standalone.backups.cluster import copy_cluster
from standalone.backups.errors import BackupFailed
from standalone.backups.making import make_backup
from standalone.backups.opening import OpenedBackup
from standalone.backups.progress import Steps
from standalone.backups.restoring import restore
from standalone.backups.status import BackupStatus
from standalone.backups.targets import DirectoryTarget, open_target
from standalone.backups.verifying import verify_backup
from standalone.home import Home
from standalone.installation import Installation
from standalone.selftest.operations import now, picture, text

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "operations" / "backup.md"
PASSPHRASE = "orbit-lemon-quarry-violin-72"
QUIET = Steps(Console(quiet=True))


def write_down(api):
    """A client with a signed note and a picture; the addresses of what has to be there again, and the picture."""
    client = api.post("/clients", json={"first_name": "Zsuzsanna", "last_name": "Quillfeather"}).json()["id"]
    note = api.post("/sessions", json={"client_id": client, "session_date": text(now())}).json()["id"]
    assert (
        api.patch(f"/sessions/{note}/draft", json={"subjective": "Dreams of a lighthouse."}, headers={"If-Match": '"1"'}).status_code == 200
    )
    image = picture()
    attached = api.post(f"/sessions/{note}/attachments", files={"file": ("lighthouse.png", image, "image/png")})
    assert attached.status_code == 201, attached.text
    assert api.post(f"/sessions/{note}/finalize").status_code == 200
    return (
        [f"/clients/{client}", f"/sessions/{note}", f"/sessions/{note}/versions"],
        f"/sessions/{note}/attachments/{attached.json()['id']}/download",
        note,
    )


def read(api, paths):
    replies = [api.get(path) for path in paths]
    assert [reply.status_code for reply in replies] == [200] * len(paths)
    return [reply.json() for reply in replies]


def download(api, path):
    return httpx.get(api.get(path).json()["download_url"]).content


def test_a_newcomer_backs_up_and_restores_by_following_the_page(homes, sign_in, eventually, tmp_path):
    home, backups = homes.copy(tmp_path / ".caseload"), tmp_path / "elsewhere"
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    blocks = shell_blocks(PAGE.read_text())
    running = Installation("run", home)
    running.start()
    try:
        api = sign_in(running)
        paths, attached, note = write_down(api)
        before, image = read(api, paths), download(api, attached)
        said = "".join(paste([f"export HOME=$PWD BACKUPS={backups}", *blocks], running.gateway_url, tmp_path).values())
    finally:
        running.stop()

    assert "read back and verified" in said
    assert "whole: its database starts, and its keyring opens the" in said
    assert "0 findings" in said
    assert "the audit trail is intact" in said
    assert f"Start it with: CASELOAD_HOME={tmp_path / 'restored'} make run" in said
    written = {path: path.read_bytes() for path in backups.rglob("*") if path.is_file()}
    # The parts of a backup, and the mark by which the target is known again.
    assert len(written) == 5
    for path, content in written.items():
        assert path.stat().st_mode & 0o077 == 0
        assert not any(
            words in content for words in (b"Quillfeather", b"lighthouse", image[:64], b"owner@example.com", b"PG_VERSION", b"\x89PNG")
        )
        # What is sealed has no pattern that a compressor finds.
        assert path.name in {"keys", "manifest.json", "target"} or len(zlib.compress(content)) > 0.99 * len(content)

    environment = {"CASELOAD_BACKUP_TARGET": str(backups), "CASELOAD_BACKUP_PASSPHRASE_FILE": str(tmp_path / "backup-passphrase")}
    restored = Installation("run", tmp_path / "restored", environment)
    restored.start()
    try:
        again = sign_in(restored)
        assert read(again, paths) == before
        assert download(again, attached) == image
        assert again.get(f"/sessions/{note}/verify").json()["intact"] is True
        assert again.get("/audit/verify").json()["intact"] is True
        # The first of those that are made by themselves.
        eventually(lambda: BackupStatus.read(Home(tmp_path / "restored")).made_at, seconds=60)
    finally:
        assert restored.stop() == 0
    assert [found.is_whole for found in catalogue.found_in(DirectoryTarget(backups))] == [True, True]


@pytest.fixture(scope="module")
def home(homes, tmp_path_factory):
    """One with a file, in which nothing runs."""
    made = Home(homes.copy(tmp_path_factory.mktemp("backups") / "home"))
    (made.blobs / "workspace").mkdir()
    (made.blobs / "workspace" / "file").write_bytes(b"an attachment")
    return made


@pytest.fixture(scope="module")
def dsn(home):
    server = LocalPostgres(home.postgres).start()
    yield server.dsn
    server.stop()


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """A guess costs next to nothing here, but for what commands do in processes of their own."""
    monkeypatch.setattr(escrow, "_N", 2**14)


@pytest.fixture(scope="module")
def bucket(servers):
    import boto3
    from moto.server import ThreadedMotoServer

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", "testing")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1").create_bucket(Bucket="backups")
        yield open_target(f"s3://backups/of/us?endpoint=http://{host}:{port}")
        server.stop()


def opened(target, name=None, passphrase=PASSPHRASE):
    return OpenedBackup(target, catalogue.chosen(target, name), passphrase)


def test_a_backup_in_a_bucket_is_verified_and_one_that_was_damaged_restores_nothing(home, dsn, bucket, tmp_path):
    name = make_backup(home, dsn, bucket, PASSPHRASE, QUIET).name
    assert catalogue.chosen(bucket, None).parts.keys() == {"database", "files", "keys", "manifest.json"}
    killed, at_work = tmp_path / "caseload-verify-killed", tmp_path / "caseload-verify-at-work"
    (killed / "home").mkdir(parents=True)
    (killed / "home" / "keyring.json").touch()
    with claim(at_work):
        assert verify_backup(opened(bucket), tmp_path, QUIET).keys >= 0
    assert list(tmp_path.iterdir()) == [at_work]
    shutil.rmtree(at_work)
    with pytest.raises(BackupFailed, match="passphrase does not open"):
        opened(bucket, passphrase="orbit-lemon-quarry-violin-73")

    good = {part: b"".join(bucket.read(f"{name}/{part}")) for part in ("database", "files", "keys", "manifest.json")}
    damaged = [
        *((part, good[part][:-1]) for part in ("database", "files")),
        *(
            (part, content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :])
            for part, content in good.items()
        ),
        ("files", good["database"]),
        *((part, None) for part in ("files", "keys")),
    ]
    for part, content in damaged:
        bucket.delete(f"{name}/{part}")
        if content is not None:
            bucket.write(f"{name}/{part}", [content])
        with pytest.raises(BackupFailed):
            restore(opened(bucket, name), Home(tmp_path / "restored"), QUIET)
        assert list(tmp_path.iterdir()) == [], part
        bucket.write(f"{name}/{part}", [good[part]])
    opened(bucket)


def test_a_killed_backup_is_none_and_two_are_not_made_at_once(home, dsn, tmp_path, eventually):
    target, passphrase = DirectoryTarget(tmp_path / "target"), tmp_path / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(PASSPHRASE)
    # Whoever reads it waits: the backup stands still between the database and its manifest.
    stuck = home.blobs / "workspace" / "stuck"
    os.mkfifo(stuck)
    try:
        command = [sys.executable, "-m", "standalone", "backup", str(target.directory), "--passphrase-file", str(passphrase)]
        killed = subprocess.Popen(command, env={**os.environ, "CASELOAD_HOME": str(home.directory)}, stdout=subprocess.DEVNULL)
        eventually(lambda: any("database" in found.parts for found in catalogue.found_in(target)), seconds=60)
        with pytest.raises(BackupFailed, match="another backup"):
            make_backup(home, dsn, target, PASSPHRASE, QUIET)
        killed.kill()
        killed.wait()
    finally:
        stuck.unlink()
    with pytest.raises(BackupFailed, match="no whole backup"):
        catalogue.chosen(target, None)

    # PostgreSQL copies whatever is in its directory, and misses it afterwards.
    (home.postgres / "data" / ".of-an-editor").write_bytes(b"-")
    made = make_backup(home, dsn, target, PASSPHRASE, QUIET)
    assert [found.is_whole for found in catalogue.found_in(target)] == [False, True]
    assert sorted(path.name for path in home.backups.iterdir()) == ["lock", "target.json"]

    # What a killed restore has left is in nobody's way.
    left = tmp_path / "restored.restoring" / "postgres" / "data" / "left"
    left.parent.mkdir(parents=True)
    left.touch()
    with pytest.raises(BackupFailed, match="somebody else's"):
        restore(opened(target, made.name), Home(tmp_path / "restored"), QUIET)
    assert left.exists()
    (tmp_path / "restored.restoring" / "restoring").touch()
    assert restore(opened(target, made.name), Home(tmp_path / "restored"), QUIET).is_sound
    assert (tmp_path / "restored" / "files" / "workspace" / "file").read_bytes() == b"an attachment"
    assert not (tmp_path / "restored.restoring").exists()
    assert not (tmp_path / "restored" / "postgres" / "data" / "left").exists()
    assert not (tmp_path / "restored" / "restoring").exists()
    assert (tmp_path / "restored" / "postgres" / "data" / ".of-an-editor").exists()
    with pytest.raises(BackupFailed, match="not empty"):
        restore(opened(target, made.name), Home(tmp_path / "restored"), QUIET)


def test_an_upload_that_was_killed_is_no_backup(home, dsn, bucket, tmp_path, eventually):
    address = f"s3://backups/killed?endpoint={bucket.client.meta.endpoint_url}"
    target, passphrase, stuck = open_target(address), tmp_path / "passphrase", home.blobs / "workspace" / "stuck"
    passphrase.touch(mode=0o600)
    passphrase.write_text(PASSPHRASE)
    # Whoever reads it waits, in the middle of the upload of the files.
    os.mkfifo(stuck)
    try:
        command = [sys.executable, "-m", "standalone", "backup", address, "--passphrase-file", str(passphrase)]
        killed = subprocess.Popen(command, env={**os.environ, "CASELOAD_HOME": str(home.directory)}, stdout=subprocess.DEVNULL)
        eventually(lambda: any("database" in found.parts for found in catalogue.found_in(target)), seconds=60)
        assert killed.poll() is None
        killed.kill()
        killed.wait()
    finally:
        stuck.unlink()
    assert [found.is_whole for found in catalogue.found_in(target)] == [False]
    with pytest.raises(BackupFailed, match="no whole backup"):
        catalogue.chosen(target, None)


def test_what_was_published_of_the_trail_is_no_newer_than_the_database(home, dsn, tmp_path, monkeypatch):
    known, opened_meanwhile, opened_later = (home.blobs / checkpoint_key(uuid4()) for _ in range(3))
    copies = []

    def publish(path, content):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    def copy(dsn, folder):
        copy_cluster(dsn, folder)
        publish(known, b"published while the database was copied")
        publish(opened_meanwhile, b"the first one of a workspace")
        copies.append(folder)

    class Growing(DirectoryTarget):
        def write(self, name, pieces):
            super().write(name, pieces)
            for path in (known, opened_meanwhile, opened_later):
                publish(path, b"published later")

    publish(known, b"published before")
    monkeypatch.setattr(cluster, "copy_cluster", copy)
    target = Growing(tmp_path / "target")
    make_backup(home, dsn, target, PASSPHRASE, QUIET)
    opened(target).restore_files(tmp_path / "restored", QUIET)

    def restored(path):
        return tmp_path / "restored" / path.relative_to(home.directory)

    assert len(copies) == 2
    assert restored(known).read_bytes() == b"published while the database was copied"
    assert restored(opened_meanwhile).read_bytes() == b"the first one of a workspace"
    assert not restored(opened_later).exists()


def test_where_there_is_no_room_nothing_is_kept_of_a_backup(home, dsn, tmp_path, monkeypatch):
    class Full(DirectoryTarget):
        def write(self, name, pieces):
            super().write(name, (_no_room() if name.endswith("/files") else piece for piece in pieces))

    def _no_room():
        raise OSError(28, "No space left on device")

    target = Full(tmp_path / "target")
    with pytest.raises(BackupFailed, match="No space left"):
        make_backup(home, dsn, target, PASSPHRASE, QUIET)
    assert target.sizes() == {}
    assert not (home.backups / "work").exists()

    # More attachments than the disk has room for once more. The file takes none: nothing was ever written into it.
    large = home.blobs / "workspace" / "large"
    with large.open("wb") as file:
        file.truncate(20 * 1024**3)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10 * 1024**3))
    try:
        with pytest.raises(BackupFailed, match="a full one would stop it"):
            make_backup(home, dsn, DirectoryTarget(tmp_path / "target"), PASSPHRASE, QUIET)
    finally:
        large.unlink()
    assert target.sizes() == {}

    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1024**3))
    with pytest.raises(BackupFailed, match="a full one would stop it"):
        make_backup(home, dsn, DirectoryTarget(tmp_path / "target"), PASSPHRASE, QUIET)
    assert target.sizes() == {}
