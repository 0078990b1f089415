"""Both stores keep files alike: one suite, run on a directory and on a bucket behind a real HTTP server."""

import asyncio
import io
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import NotFound, Unavailable
from chassis.storage import local as directories
from chassis.storage import s3 as buckets
from chassis.storage.base import Blobs, new_key
from chassis.storage.local import LocalBlobs
from chassis.storage.opening import open_blobs
from chassis.storage.s3 import NotLockable, S3Blobs
from chassis.storage.spool import CHUNK, Spool
from chassis.storage.versions import AsOf

PATIENT_FILE = "Ada Lovelace (MRI).pdf"
Fetch = Callable[[str], Awaitable[tuple[bytes, str]]]


@dataclass
class Store:
    """A store, and how somebody who holds a link fetches what it is for: the bytes and their type."""

    blobs: Blobs
    fetch: Fetch


def bucket_server(host: str = "127.0.0.1", port: int = 0) -> Any:
    """A server of buckets, in a thread when it is started."""
    from moto.server import ThreadedMotoServer  # takes a second to import, whichever tests are asked for

    return ThreadedMotoServer(ip_address=host, port=port, verbose=False)


@pytest.fixture(scope="module")
def s3_endpoint(servers: None) -> Iterator[str]:
    server = bucket_server()
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    name = f"files-{uuid4()}"
    boto3.client("s3", region_name="us-east-1", endpoint_url=s3_endpoint).create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["directory", "bucket"])
async def store(request: pytest.FixtureRequest, servers: None, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "directory":
        directory = open_blobs(f"file://{tmp_path}/files", "a secret", "http://gateway.test")
        assert isinstance(directory, LocalBlobs)

        async def serve(url: str) -> tuple[bytes, str]:
            grant = directory.open_token(url.rsplit("/", 1)[1])
            return await directory.get(grant.key), grant.content_type

        yield Store(directory, serve)
        return
    endpoint, name = request.getfixturevalue("s3_endpoint"), request.getfixturevalue("bucket")
    async with httpx.AsyncClient() as people:

        async def download(url: str) -> tuple[bytes, str]:
            reply = await people.get(url)
            reply.raise_for_status()
            assert reply.headers["content-disposition"].startswith("attachment")
            return reply.content, reply.headers["content-type"]

        yield Store(open_blobs(f"s3://{name}?endpoint={endpoint}&region=us-east-1", "", ""), download)


def a_key() -> str:
    return new_key(uuid4(), uuid4())


async def test_what_was_put_is_got(store: Store) -> None:
    key = a_key()
    await store.blobs.put(key, b"%PDF-1.7 \x00\xff", "application/pdf")
    assert await store.blobs.get(key) == b"%PDF-1.7 \x00\xff"


async def test_what_was_put_from_disk_is_got(store: Store) -> None:
    key, content = a_key(), os.urandom(3 * CHUNK + 1)
    with Spool() as spool:
        await spool.append(content)
        await spool.complete()
        for _ in range(2):
            # The second time it stands at its end.
            await store.blobs.put(key, spool, "application/pdf")
            assert await store.blobs.get(key) == content
            spool.seek(0, io.SEEK_END)


async def test_a_file_in_a_directory_is_read_in_pieces(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path, "a secret", "http://gateway.test")
    key, content = a_key(), os.urandom(2 * CHUNK + 5)
    await blobs.put(key, content, "image/png")
    file = await blobs.open(key)
    pieces = [piece async for piece in file.pieces()]
    assert (file.size, b"".join(pieces), max(map(len, pieces))) == (len(content), content, CHUNK)
    with pytest.raises(NotFound):
        await blobs.open(a_key())


async def test_a_part_of_a_file_is_read_without_the_rest(store: Store) -> None:
    key, content = a_key(), os.urandom(1_000)
    await store.blobs.put(key, content, "image/png")
    assert await store.blobs.read(key, 0, 1_000) == content
    assert await store.blobs.read(key, 10, 5) == content[10:15]
    assert await store.blobs.read(key, 990, 100) == content[990:]
    for behind in (1_000, 5_000):
        assert await store.blobs.read(key, behind, 100) == b""
    with pytest.raises(NotFound):
        await store.blobs.read(a_key(), 0, 5)


async def test_of_some_keys_those_are_told_under_which_nothing_is_stored(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "BATCH", 2)
    keys = sorted(a_key() for _ in range(9))
    for key in keys[::2]:
        await store.blobs.put(key, b"one", "image/png")
    assert await store.blobs.missing(keys) == keys[1::2]
    assert await store.blobs.missing(keys[:1]) == []
    assert await store.blobs.missing(keys[1:2]) == keys[1:2]
    assert await store.blobs.missing([]) == []


async def test_a_second_put_replaces_the_first(store: Store) -> None:
    key = a_key()
    await store.blobs.put(key, b"one", "image/png")
    await store.blobs.put(key, b"two", "image/png")
    assert await store.blobs.get(key) == b"two"


async def test_what_is_absent_is_not_found_and_deleting_it_is_no_fault(store: Store) -> None:
    key = a_key()
    with pytest.raises(NotFound):
        await store.blobs.get(key)
    await store.blobs.delete(key)
    await store.blobs.put(key, b"one", "image/png")
    await store.blobs.delete(key)
    with pytest.raises(NotFound):
        await store.blobs.get(key)


async def test_what_was_stored_before_a_moment_is_listed(store: Store) -> None:
    keys = [a_key() for _ in range(3)]
    for key in keys:
        await store.blobs.put(key, b"one", "image/png")

    async def listed(moment: datetime) -> list[str]:
        return sorted([key async for batch in store.blobs.stored_before(moment) for key in batch])

    assert await listed(datetime.now(UTC) + timedelta(seconds=5)) == sorted(keys)
    assert await listed(datetime.now(UTC) - timedelta(hours=1)) == []


async def test_everything_is_listed_however_many_fit_in_a_batch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (directories, buckets):
        monkeypatch.setattr(module, "BATCH", 2)
    workspace = uuid4()
    keys = sorted(new_key(workspace, uuid4()) for _ in range(5))
    for key in keys:
        await store.blobs.put(key, b"one", "image/png")
    batches = [batch async for batch in store.blobs.stored_before(datetime.now(UTC) + timedelta(seconds=5))]
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert sorted(key for batch in batches for key in batch) == keys


async def test_the_files_of_a_workspace_are_listed_and_no_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = uuid4()
    keys = sorted(new_key(workspace, uuid4()) for _ in range(3))
    for key in (*keys, a_key(), a_key()):
        await store.blobs.put(key, b"one", "image/png")

    assert sorted(await store.blobs.of_workspace(workspace)) == keys
    assert await store.blobs.of_workspace(uuid4()) == []
    for module in (directories, buckets):
        monkeypatch.setattr(module, "BATCH", 2)
    first = await store.blobs.of_workspace(workspace)
    assert len(first) == 2
    assert set(first) < set(keys)


async def test_what_an_interrupted_write_left_is_deleted_once_it_is_old(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path, "a secret", "http://gateway.test")
    key = a_key()
    await blobs.put(key, b"one", "image/png")
    half = (tmp_path / key).with_name(f".{key.rpartition('/')[2]}.0123456789ab")
    half.write_bytes(b"hal")

    assert [batch async for batch in blobs.stored_before(datetime.now(UTC) - timedelta(hours=1))] == []
    assert half.exists()
    assert [batch async for batch in blobs.stored_before(datetime.now(UTC) + timedelta(seconds=5))] == [[key]]
    assert not half.exists()
    assert await blobs.get(key) == b"one"


async def test_what_is_not_ours_or_goes_meanwhile_keeps_nobody_from_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs, kept, gone, last = LocalBlobs(tmp_path, "secret", "https://x"), *(new_key(uuid4(), uuid4()) for _ in range(3))
    for key in (kept, gone, last):
        await blobs.put(key, b"x", "image/png")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / str(uuid4())).write_bytes(b"no folder")
    scan = os.scandir

    def and_one_goes(folder: Path) -> Any:
        entries = list(scan(folder))
        if folder.name == gone.split("/")[0]:
            (tmp_path / gone).unlink()
        if folder.name == "lost+found":
            raise PermissionError
        return entries

    monkeypatch.setattr(os, "scandir", and_one_goes)

    found = [key async for keys in blobs.stored_before(datetime.now(UTC) + timedelta(hours=1)) for key in keys]

    assert sorted(found) == sorted([kept, last])


async def test_a_link_fetches_the_file(store: Store) -> None:
    key = a_key()
    await store.blobs.put(key, b"\x89PNG", "image/png")
    url = await store.blobs.presign(key, expires_in=60, file_name="scan.png", content_type="image/png")
    assert await store.fetch(url) == (b"\x89PNG", "image/png")


async def test_a_link_does_not_tell_what_the_file_is_called(store: Store) -> None:
    key = a_key()
    url = await store.blobs.presign(key, expires_in=60, file_name=PATIENT_FILE, content_type="application/pdf")
    assert "Ada" not in url
    assert "Lovelace" not in url
    assert "MRI" not in url


@pytest.mark.parametrize(
    "key",
    ["", "a", "../../etc/passwd", f"{uuid4()}/../{uuid4()}", f"{uuid4()}/{uuid4()}.pdf", f"{uuid4()}/{uuid4()}\n"],
    ids=["empty", "short", "a path", "a step up", "an ending", "a line"],  # the same in every worker
)
async def test_a_key_of_any_other_shape_is_a_fault(store: Store, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        await store.blobs.put(key, b"x", "image/png")
    with pytest.raises(ValueError, match="key"):
        await store.blobs.get(key)


async def test_a_store_that_answers_is_ready(store: Store) -> None:
    assert await store.blobs.ready()


# --- a directory's own promises


def local(root: Path, secret: str = "a secret") -> LocalBlobs:
    return LocalBlobs(root, secret, "http://gateway.test/")


async def test_a_link_names_the_file_to_the_gateway_alone(tmp_path: Path) -> None:
    url = await local(tmp_path).presign(a_key(), expires_in=60, file_name=PATIENT_FILE, content_type="application/pdf")
    assert url.startswith("http://gateway.test/files/")
    assert local(tmp_path).open_token(url.rsplit("/", 1)[1]).file_name == PATIENT_FILE


async def test_a_link_of_before_the_choice_saves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links that are out during an upgrade do not say whether the file is shown."""
    blobs = local(tmp_path)
    dumps = json.dumps
    monkeypatch.setattr(json, "dumps", lambda grant, **options: dumps({n: v for n, v in grant.items() if n != "i"}, **options))
    url = await blobs.presign(a_key(), expires_in=60, file_name="x", content_type="image/png", inline=True)
    assert not blobs.open_token(url.rsplit("/", 1)[1]).inline


async def test_a_link_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs, begun = local(tmp_path), time.time()
    token = (await blobs.presign(a_key(), expires_in=60, file_name="x", content_type="image/png")).rsplit("/", 1)[1]
    monkeypatch.setattr(time, "time", lambda: begun + 58)
    assert blobs.open_token(token).content_type == "image/png"
    monkeypatch.setattr(time, "time", lambda: begun + 61)
    with pytest.raises(NotFound):
        blobs.open_token(token)


async def test_a_link_sealed_with_another_secret_opens_nothing(tmp_path: Path) -> None:
    url = await local(tmp_path, "another").presign(a_key(), expires_in=60, file_name="x", content_type="image/png")
    with pytest.raises(NotFound):
        local(tmp_path).open_token(url.rsplit("/", 1)[1])


@given(
    where=st.floats(0, 1, exclude_max=True), other=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=/?é")
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_a_link_changed_anywhere_opens_nothing(tmp_path: Path, where: float, other: str) -> None:
    blobs = local(tmp_path)
    token = (await blobs.presign(a_key(), expires_in=60, file_name="x", content_type="image/png")).rsplit("/", 1)[1]
    at = int(where * len(token))
    changed = token[:at] + other + token[at + 1 :]
    if changed != token:
        with pytest.raises(NotFound):
            blobs.open_token(changed)


async def test_files_are_their_owners_alone_and_nothing_half_written_stays(tmp_path: Path) -> None:
    key = a_key()
    await local(tmp_path).put(key, b"one", "image/png")
    workspace = tmp_path / key.split("/")[0]
    assert [file.name for file in workspace.iterdir()] == [key.split("/")[1]]
    assert (tmp_path / key).stat().st_mode & 0o077 == 0
    assert workspace.stat().st_mode & 0o077 == 0


async def test_a_directory_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blobs = local(tmp_path / "file")
    with pytest.raises(Unavailable) as refused:
        await blobs.put(a_key(), b"one", "image/png")
    assert refused.value.code == "blob_store_unavailable"
    assert not await blobs.ready()


# --- a bucket's own promises


async def test_a_bucket_that_does_not_answer_is_unavailable(bucket: str) -> None:
    blobs = S3Blobs(bucket, endpoint="http://127.0.0.1:9")
    with pytest.raises(Unavailable) as refused:
        await blobs.get(a_key())
    assert refused.value.code == "blob_store_unavailable"
    assert not await blobs.ready()


async def test_a_bucket_whose_server_goes_away_is_unavailable_until_it_is_back(bucket: str) -> None:
    first = bucket_server()
    first.start()
    host, port = first.get_host_and_port()
    blobs, key = S3Blobs(bucket, endpoint=f"http://{host}:{port}"), a_key()
    await blobs.put(key, b"one", "image/png")

    first.stop()
    with pytest.raises(Unavailable) as refused:
        await blobs.get(key)
    assert refused.value.retry_after
    assert not await blobs.ready()

    again = bucket_server(host, port)
    again.start()
    try:
        assert await blobs.ready()
        assert await blobs.get(key) == b"one"
    finally:
        again.stop()


async def test_a_bucket_whose_server_takes_every_question_and_answers_none_is_unavailable(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.storage.s3._SECONDS_TO_READ", 0.5)
    kept_waiting: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _reader, writer: kept_waiting.append(writer), "127.0.0.1", 0)
    blobs = S3Blobs(bucket, endpoint=f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}")
    try:
        async with asyncio.timeout(30):
            with pytest.raises(Unavailable) as refused:
                await blobs.put(a_key(), b"one", "image/png")
    finally:
        silent.close()
        for writer in kept_waiting:
            writer.close()
            await writer.wait_closed()
    assert refused.value.code == "blob_store_unavailable"
    assert kept_waiting, "nobody was kept waiting"


async def test_a_bucket_that_is_not_there_is_not_ready(s3_endpoint: str, bucket: str) -> None:
    assert not await S3Blobs("no-such-bucket", endpoint=s3_endpoint).ready()


async def test_a_file_in_a_bucket_is_encrypted_at_rest_and_private(s3_endpoint: str, bucket: str) -> None:
    key = a_key()
    await S3Blobs(bucket, endpoint=s3_endpoint).put(key, b"one", "image/png")
    kept = boto3.client("s3", region_name="us-east-1", endpoint_url=s3_endpoint).head_object(Bucket=bucket, Key=key)
    assert kept["ServerSideEncryption"] == "AES256"
    async with httpx.AsyncClient() as people:
        assert (await people.get(f"{s3_endpoint}/{bucket}/{key}")).status_code == 403


async def test_a_buckets_link_is_signed_for_as_long_as_was_asked(s3_endpoint: str, bucket: str) -> None:
    url = await S3Blobs(bucket, endpoint=s3_endpoint).presign(
        a_key(), expires_in=900, file_name=PATIENT_FILE, content_type="application/pdf"
    )
    asked = parse_qs(urlsplit(url).query)
    assert asked["X-Amz-Expires"] == ["900"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["response-content-disposition"] == ['attachment; filename="attachment.pdf"']


@pytest.mark.parametrize("disposition", ["inline", "attachment"])
async def test_a_buckets_link_says_whether_a_browser_shows_the_file(s3_endpoint: str, bucket: str, disposition: str) -> None:
    url = await S3Blobs(bucket, endpoint=s3_endpoint).presign(
        a_key(), expires_in=60, file_name=PATIENT_FILE, content_type="application/pdf", inline=disposition == "inline"
    )

    asked = parse_qs(urlsplit(url).query)

    assert asked["response-content-disposition"] == [f'{disposition}; filename="attachment.pdf"']


async def test_a_buckets_link_leads_where_people_can_go(s3_endpoint: str, bucket: str) -> None:
    blobs = S3Blobs(bucket, endpoint=s3_endpoint, public_endpoint="https://files.example.com")
    url = await blobs.presign(a_key(), expires_in=60, file_name="x", content_type="image/png")
    assert url.startswith(f"https://files.example.com/{bucket}/")


@pytest.mark.parametrize("url", ["", "file://", "file://host/dir", "s3://", "ftp://x/y"])
def test_a_store_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="blob store"):
        open_blobs(url, "a secret", "http://gateway.test")


async def test_a_bucket_is_made_once_and_is_its_owners_alone(s3_endpoint: str, bucket: str) -> None:
    made = S3Blobs(f"{bucket}-new", endpoint=s3_endpoint)
    assert not await made.ready()
    for _ in range(2):
        await made.create()
    assert await made.ready()

    key = new_key(uuid4(), uuid4())
    await made.put(key, b"one", "image/png")
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.get(f"{s3_endpoint}/{bucket}-new/{key}")).status_code == 403


def told(endpoint: str) -> Any:
    """The store, asked past us."""
    return boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint)


@pytest.fixture
async def locked(s3_endpoint: str, bucket: str) -> tuple[str, S3Blobs]:
    """A bucket whose files are kept for a week, and its name."""
    name = f"{bucket}-locked"
    blobs = open_blobs(f"s3://{name}?endpoint={s3_endpoint}&region=us-east-1&lock=compliance&lock_days=7", "", "")
    assert isinstance(blobs, S3Blobs)
    for _ in range(2):
        await blobs.create()
    return name, blobs


async def test_a_bucket_that_is_to_be_locked_is_made_with_object_lock_and_versions(s3_endpoint: str, locked: tuple[str, S3Blobs]) -> None:
    name, _ = locked
    found = told(s3_endpoint).get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
    assert found["ObjectLockEnabled"] == "Enabled"
    assert found["Rule"]["DefaultRetention"].items() >= {"Mode": "COMPLIANCE", "Days": 7}.items()
    assert told(s3_endpoint).get_bucket_versioning(Bucket=name)["Status"] == "Enabled"


async def test_every_version_in_a_locked_bucket_is_kept_for_the_time_that_was_asked(s3_endpoint: str, locked: tuple[str, S3Blobs]) -> None:
    name, blobs = locked
    key = a_key()
    for text in (b"one", b"two"):
        await blobs.put(key, text, "application/json")

    assert await blobs.get(key) == b"two"
    versions = told(s3_endpoint).list_object_versions(Bucket=name, Prefix=key)["Versions"]
    assert len(versions) == 2
    for version in versions:
        head = told(s3_endpoint).head_object(Bucket=name, Key=key, VersionId=version["VersionId"])
        assert head["ObjectLockMode"] == "COMPLIANCE"
        kept = head["ObjectLockRetainUntilDate"] - datetime.now(UTC)
        assert timedelta(days=6, hours=23) < kept < timedelta(days=7, minutes=1)
        with pytest.raises(ClientError, match="AccessDenied"):
            told(s3_endpoint).delete_object(Bucket=name, Key=key, VersionId=version["VersionId"])


async def test_a_locked_bucket_takes_a_file_from_disk(locked: tuple[str, S3Blobs]) -> None:
    _, blobs = locked
    key = a_key()
    with Spool() as spool:
        await spool.append(b"evidence")
        await spool.complete()
        await blobs.put(key, spool, "application/json")
    assert await blobs.get(key) == b"evidence"


async def test_what_is_deleted_in_a_locked_bucket_is_still_read(locked: tuple[str, S3Blobs]) -> None:
    _, blobs = locked
    key = a_key()
    await blobs.put(key, b"evidence", "application/json")
    for _ in range(3):
        await blobs.delete(key)

    assert await blobs.get(key) == b"evidence"
    with pytest.raises(NotFound):
        await blobs.get(a_key())


async def test_a_bucket_made_without_object_lock_is_told_apart(s3_endpoint: str, bucket: str) -> None:
    with pytest.raises(NotLockable, match="without object lock"):
        await S3Blobs(bucket, endpoint=s3_endpoint, lock="governance").create()


@pytest.mark.parametrize("options", [{"lock": "legal"}, {"lock": "governance", "lock_days": "0"}, {"lock_days": "a week"}])
def test_a_lock_of_no_known_kind_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="lock"):
        S3Blobs("any", **options)


async def test_what_is_put_once_stays_and_the_second_to_put_it_is_told_what_is_there(store: Store) -> None:
    key = new_key(uuid4(), uuid4())
    assert await store.blobs.put_once(key, b"first", "text/plain") == b"first"
    assert await store.blobs.put_once(key, b"second", "text/plain") == b"first"
    assert await store.blobs.get(key) == b"first"
    beside = new_key(uuid4(), uuid4())
    kept = await asyncio.gather(*(store.blobs.put_once(beside, str(n).encode(), "text/plain") for n in range(6)))
    assert len(set(kept)) == 1


async def test_in_a_locked_bucket_what_was_put_first_is_told_whatever_was_put_or_deleted_since(
    s3_endpoint: str, locked: tuple[str, S3Blobs]
) -> None:
    name, blobs = locked
    key = new_key(uuid4(), uuid4())
    await blobs.put_once(key, b"first", "text/plain")
    told(s3_endpoint).delete_object(Bucket=name, Key=key)
    await blobs.put(key, b"forged", "text/plain")

    assert await blobs.put_once(key, b"first", "text/plain") == b"first"


async def test_files_are_put_back_as_they_were_at_a_moment_and_nothing_is_deleted(s3_endpoint: str, bucket: str) -> None:
    blobs = S3Blobs(bucket, endpoint=s3_endpoint, versions="35")
    store = told(s3_endpoint)
    theirs: Any = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 9}}
    store.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [theirs]})
    for _ in range(2):
        await blobs.create()
    rules = {rule["ID"]: rule for rule in store.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    assert set(rules) == {"theirs", "caseload-former-versions"}
    assert rules["caseload-former-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 35
    kept, deleted, deleted_before, later = (a_key() for _ in range(4))
    for key in (kept, deleted, deleted_before):
        await blobs.put(key, key.encode(), "image/png")
    await blobs.delete(deleted_before)
    listed = store.list_object_versions(Bucket=bucket)
    moment = max(entry["LastModified"] for entry in (*listed["Versions"], *listed["DeleteMarkers"]))
    # A store's clock counts seconds: what comes next is to be later than that moment.
    while datetime.now(UTC) < moment + timedelta(seconds=1.1):
        await asyncio.sleep(0.05)
    await blobs.delete(deleted)
    await blobs.put(later, b"later", "image/png")
    with pytest.raises(NotFound):
        await blobs.get(deleted)

    assert await blobs.put_back(moment) == AsOf(put_back=1, unchanged=2, later=1)

    assert await blobs.get(deleted) == deleted.encode()
    with pytest.raises(NotFound):
        await blobs.get(deleted_before)
    assert await blobs.get(later) == b"later"
    assert (await blobs.put_back(moment)).put_back == 0


@pytest.mark.parametrize("versions", ["0", "-1", "many", ""])
def test_a_bucket_that_keeps_versions_for_no_number_of_days_is_refused(versions: str) -> None:
    with pytest.raises(ValueError, match="versions"):
        S3Blobs("files", versions=versions)
