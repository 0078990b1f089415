"""An installation in containers whose database is an older one again: who was erased since is erased again, and nothing is mailed twice."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import boto3
import httpx
import pytest
from drill.environment import until
from moto.core import DEFAULT_ACCOUNT_ID
from PIL import Image

from caseload.audit.v1 import legal_holds_pb2
from caseload.audit.v1.legal_holds_rpc import LegalHoldsStub
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import attachments_pb2, sessions_pb2
from caseload.clinical.v1.attachments_rpc import AttachmentsStub
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.identity.v1 import sign_in_pb2
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.notifications.v1 import alerts_pb2
from caseload.notifications.v1.alerts_rpc import AlertsStub
from chassis.errors import NotFound, Unauthenticated
from chassis.local.processes import free_port
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, pieces, start_environment
from deployment.ledger import LedgerSettings, known
from deployment.ledger_role import provision_ledger
from deployment.restored import ledger_of
from identity.workspaces.workflow import open_workspace
from standalone.backups.ledger import Entry
from standalone.home import as_role
from standalone.mail import Mailbox, MailServer
from standalone.services import SERVICES

_LEDGER_KEY = "of-this-test-alone-of-this-test"
_OTHER_KEY = "in the bucket of the ledger was written under another `ledger-key`: take the folder of secrets that has it"


@dataclass(frozen=True)
class Store:
    """Buckets of a store that speaks S3, as the task `bucket` makes them."""

    endpoint: str
    suffix: str

    def url(self, name: str, options: str = "") -> str:
        return f"s3://{name}-{self.suffix}?endpoint={self.endpoint}&encryption=none{options}"

    @property
    def told(self) -> dict[str, str]:
        return {
            "CASELOAD_BLOB_URL": self.url("files", "&versions=kept"),
            "CASELOAD_CHECKPOINTS_URL": self.url("checkpoints", "&lock=governance&versions=kept"),
            "CASELOAD_CLIENT_ARCHIVES_URL": self.url("archives", "&versions=kept"),
            "CASELOAD_AUDIT_EXPORTS_URL": self.url("exports", "&versions=kept"),
            "CASELOAD_LEDGER_URL": self.url("ledger", "&lock=governance&versions=kept"),
        }

    @property
    def client(self) -> Any:
        return boto3.client("s3", region_name="us-east-1", endpoint_url=self.endpoint)

    def names(self, name: str) -> set[str]:
        return {each["Key"] for each in self.client.list_objects_v2(Bucket=f"{name}-{self.suffix}").get("Contents", ())}

    def age(self, bucket: str, key: str, by: timedelta) -> None:
        """As if what is there had been put so much earlier. The store is in this process."""
        from moto.s3.models import s3_backends

        for version in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys.getlist(key):
            version.last_modified -= by


@pytest.fixture
def store(servers: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    from moto.server import ThreadedMotoServer  # takes a second to import, whichever tests are asked for

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    made = Store(f"http://{host}:{port}", uuid4().hex[:8])
    assert task("bucket", **made.told).returncode == 0
    yield made
    server.stop()


def environment(**told: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_")}
    return inherited | {"CASELOAD_ENVIRONMENT": "production", **told}


def task(*words: str, **told: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deployment", *words]
    return subprocess.run(command, env=environment(**told), capture_output=True, text=True, check=False)


async def until_due(dsn: str, alert_id: str) -> None:
    """As if the time of the alert's first step had come while the installation was away."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE notifications.alerts SET escalates_at = now() WHERE id = $1::text::uuid", alert_id)
    await connection.close()


async def copied(postgres: str, dsn: str) -> str:
    """The database as it is now, under another name: a moment to restore to. Nobody else may be in it."""
    name = f"then_{uuid4().hex}"
    admin = await asyncpg.connect(postgres)
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {urlsplit(dsn).path.lstrip('/')}")
    finally:
        await admin.close()
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


@dataclass(frozen=True)
class Practice:
    """A workspace, and what somebody does in it."""

    environment: Environment
    workspace_id: UUID
    owner_id: UUID

    def caller(self, **claims: Any) -> Any:
        return self.environment.caller(workspace_id=self.workspace_id, user_id=self.owner_id, **claims)

    async def client(self, last_name: str) -> str:
        request = clients_pb2.CreateClientRequest(first_name="Ada", last_name=last_name)
        return (await self.environment.stub(ClientsStub).CreateClient(request, self.caller())).id

    async def attach(self, client_id: str) -> None:
        created = sessions_pb2.CreateSessionRequest(client_id=client_id, session_date=to_timestamp(datetime.now(UTC)), subjective="Knee.")
        note = await self.environment.stub(SessionsStub).CreateSession(created, self.caller())
        picture = BytesIO()
        Image.new("RGB", (8, 8), "navy").save(picture, "PNG")
        request = attachments_pb2.UploadAttachmentRequest(session_id=note.id, file_name="knee.png")
        await self.environment.stub(AttachmentsStub).UploadAttachment(request, pieces(picture.getvalue()), self.caller())

    async def there(self, *client_ids: str) -> list[bool]:
        found = []
        for client_id in client_ids:
            try:
                await self.environment.stub(ClientsStub).GetClient(clients_pb2.GetClientRequest(client_id=client_id), self.caller())
                found.append(True)
            except NotFound:
                found.append(False)
        return found

    async def held(self) -> list[str]:
        page = await self.environment.stub(LegalHoldsStub).ListLegalHolds(legal_holds_pb2.ListLegalHoldsRequest(), self.caller())
        return [hold.client_id for hold in page.items if not hold.HasField("released_at")]


@asynccontextmanager
async def ledger_process(store: Store, admin_dsn: str) -> AsyncIterator[str]:
    """`ledger` as its container runs it, with its own role; the address of its health."""
    admin = await asyncpg.connect(admin_dsn)
    await provision_ledger(admin, "for-this-test-alone")
    await admin.close()
    address = f"127.0.0.1:{free_port()}"
    told = {
        "CASELOAD_DATABASE_URL": as_role(admin_dsn, "ledger", "for-this-test-alone"),
        "CASELOAD_LEDGER_URL": store.told["CASELOAD_LEDGER_URL"],
        "CASELOAD_LEDGER_KEY": _LEDGER_KEY,
        "CASELOAD_LEDGER_SECONDS": "0.1",
        "CASELOAD_HTTP_LISTEN": address,
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "deployment", "ledger", env=environment(**told))
    try:
        await until(lambda: is_ready(address), 30, "the ledger is written")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0


async def is_ready(address: str) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"http://{address}/health/ready")).status_code == 200
        except httpx.TransportError:
            return False


async def test_what_was_erased_since_is_erased_again_and_what_was_mailed_is_not_mailed_again(postgres, store, tmp_path):
    mailbox = Mailbox(tmp_path)
    smtp = MailServer(mailbox)
    smtp_url = await smtp.start()
    settings = {
        "smtp_url": smtp_url,
        "identity": {"argon2_passes": 1, "argon2_memory_kib": 8},
        "clinical": {"blob_url": store.told["CASELOAD_BLOB_URL"]},
        "clients": {"job_files_url": store.told["CASELOAD_CLIENT_ARCHIVES_URL"]},
        "audit": {"blob_url": store.told["CASELOAD_CHECKPOINTS_URL"], "job_files_url": store.told["CASELOAD_AUDIT_EXPORTS_URL"]},
    }
    try:
        async with start_environment(postgres, *SERVICES, settings=settings, relay=False) as h:
            owner = {"owner_email": "ada@example.org", "owner_full_name": "Ada Winter", "role": "owner"}
            ids = await open_workspace(h.runtime("identity"), name="Lindenhof", kind="practice", time_zone="UTC", locale="en-GB", **owner)
            practice = Practice(h, *ids)
            kept, erased = await practice.client("Kept"), await practice.client("Erased")
            await practice.attach(erased)
            files = store.names("files")
            # Nobody tells it before the moment: it is under way.
            asked = sign_in_pb2.RequestMagicLinkRequest(email="ada@example.org")
            await h.stub(SignInStub).RequestMagicLink(asked, h.nobody())
            raised = alerts_pb2.RaiseAlertRequest(title="A fall", priority=alerts_pb2.ALERT_PRIORITY_CRITICAL, alert_type="medical")
            alert = await h.stub(AlertsStub).RaiseAlert(raised, practice.caller())
            stolen = practice.caller()
            shutil.copytree(h.folder, tmp_path / "secrets", ignore=shutil.ignore_patterns("*.sock"))
        h.folder = tmp_path / "secrets"
        moment = datetime.now(UTC)
        then = await copied(postgres, h.admin_dsn)
        await until_due(then, alert.id)

        async with start_environment(postgres, *SERVICES, settings=settings, beside=h) as live, ledger_process(store, h.admin_dsn):
            after = replace(practice, environment=live)
            await live.settle()
            await until(lambda: mailed(mailbox, 1), 30, "the link is mailed")
            later = await after.client("Later")
            await live.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=erased), after.caller())
            hold = legal_holds_pb2.PlaceLegalHoldRequest(client_id=kept, reason="A lawsuit.")
            await live.stub(LegalHoldsStub).PlaceLegalHold(hold, after.caller())
            await live.settle()
            assert await after.there(kept, erased, later) == [True, False, True]
        assert len(files) == 1
        assert store.names("files") == set()

        # A folder of secrets from before there was a ledger, completed by `secrets`.
        other = restored(h, then, store, tmp_path / "secrets", moment, CASELOAD_LEDGER_KEY="another-one-another-one-another")
        assert other.returncode == 1
        assert "was written under another `ledger-key`" in other.stdout
        assert "erased again" not in other.stdout
        done = restored(h, then, store, tmp_path / "secrets", moment)
        assert done.returncode == 0, done.stderr
        assert "erased again: 1 clients, 0 workspaces; 1 legal holds placed again" in done.stdout
        assert "1 mails" in done.stdout
        assert "1 steps of alerts" in done.stdout
        again = restored(h, then, store, tmp_path / "secrets", moment)
        assert "erased again: 0 clients, 0 workspaces; 0 legal holds placed again" in again.stdout, again.stderr

        h.admin_dsn = then
        async with start_environment(postgres, *SERVICES, settings=settings, beside=h) as live:
            back = replace(practice, environment=live)
            with pytest.raises(Unauthenticated):
                await live.stub(ClientsStub).ListClients(clients_pb2.ListClientsRequest(), stolen)
            assert await back.there(kept, erased, later) == [True, False, False]
            assert await back.held() == [kept]
            await live.settle()
            async with live.superuser() as connection:
                states = await connection.fetch("SELECT status, last_error FROM notifications.mails")
                assert [tuple(row) for row in states] == [("unknown", "restored")]
                # Nobody is told of the step that may have been taken, and the alert goes on.
                goes_on = await connection.fetchrow(
                    "SELECT escalation_level, escalates_at > now() + interval '10 s' FROM notifications.alerts"
                )
                assert tuple(goes_on) == (1, True)
                assert await connection.fetchval("SELECT count(*) FROM identity.magic_links WHERE used_at IS NULL") == 0
        assert len(mailbox.mails()) == 1
        assert store.names("files") == set()
    finally:
        await smtp.close()


def restored(h: Environment, dsn: str, store: Store, folder: Path, moment: datetime, **but: str) -> subprocess.CompletedProcess[str]:
    """The task, with the secrets that the environment was made with."""
    for name, runtime in h.runtimes.items():
        for kind in ("database_url", "relay_database_url", "eraser_database_url"):
            told = urlsplit(getattr(runtime.settings, kind).get_secret_value())
            (folder / f"{name}-{kind.replace('_', '-')}").write_text(urlunsplit(told._replace(path=urlsplit(dsn).path)))
    secrets = {
        "CASELOAD_ADMIN_DATABASE_URL": dsn,
        "CASELOAD_DATABASE_URLS_DIR": str(folder),
        "CASELOAD_KEYRING_FILE": str(folder / "keyring.json"),
        "CASELOAD_SERVICE_KEYS_DIR": str(folder / "service-keys"),
        "CASELOAD_ACCESS_KEY_FILE": str(folder / "access.key"),
        "CASELOAD_LEDGER_KEY": _LEDGER_KEY,
    }
    return task("restored", "--to", moment.isoformat(), **{**secrets, **but}, **store.told)


async def mailed(mailbox: Mailbox, number: int) -> bool:
    return len(mailbox.mails()) == number


def test_nobody_hides_or_changes_what_the_ledger_has(store):
    ledger = LedgerSettings(environment="development", ledger_url=store.told["CASELOAD_LEDGER_URL"], ledger_key=_LEDGER_KEY).ledger
    entries = [Entry("client", str(uuid4()), str(uuid4())) for _ in range(2)]
    for entry in entries:
        ledger.add([entry], datetime.now(UTC))
    first, second = sorted(store.names("ledger"))
    bucket = f"ledger-{store.suffix}"
    store.client.delete_object(Bucket=bucket, Key=first)
    store.client.put_object(Bucket=bucket, Key=second, Body=b"Nobody.")
    assert store.names("ledger") == {second}

    assert sorted(ledger.entries(), key=entries.index) == entries
    assert ledger_of(ledger) == (ledger.entries(), [])


def test_what_somebody_adds_to_the_ledger_is_named_and_nothing_else_is_lost_by_it(store):
    told = {"environment": "development", "ledger_url": store.told["CASELOAD_LEDGER_URL"]}
    ledger = LedgerSettings(**told, ledger_key=_LEDGER_KEY).ledger
    entry = Entry("client", str(uuid4()), str(uuid4()))
    ledger.add([entry], datetime.now(UTC))
    (written,) = store.names("ledger")
    planted = f"{written.rpartition('/')[0]}/20991122T000000000000Z-00000000"
    store.client.put_object(Bucket=f"ledger-{store.suffix}", Key=planted, Body=b"Everybody.")

    entries, (doubt,) = ledger_of(ledger)

    assert entries == [entry]
    assert doubt.startswith(planted)
    assert known(ledger) == {entry.key}, "the process that writes goes on"
    other = LedgerSettings(**told, ledger_key="another-one-another-one-another").ledger
    assert ledger_of(other) == ([], [f"{written.rpartition('/')[0]} {_OTHER_KEY}"])


def test_job_files_and_checkpoints_are_put_back_as_they_were_at_the_moment(store):
    moment = datetime.now(UTC) - timedelta(minutes=30)
    buckets = {name: f"{name}-{store.suffix}" for name in ("files", "archives", "exports", "checkpoints")}
    keys = {name: f"{uuid4()}/{uuid4()}" for name in buckets}
    for name, bucket in buckets.items():
        store.client.put_object(Bucket=bucket, Key=keys[name], Body=b"of then")
        store.age(bucket, keys[name], timedelta(hours=1))
    for name in ("files", "archives", "exports"):
        store.client.delete_object(Bucket=buckets[name], Key=keys[name])
    store.client.put_object(Bucket=buckets["checkpoints"], Key=keys["checkpoints"], Body=b"of a chain that is lost")

    done = task("bucket", "files-as-of", moment.isoformat(), **store.told)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": 1 put back, 0 as they were, 0 came later") == 4
    for name, bucket in buckets.items():
        assert store.client.get_object(Bucket=bucket, Key=keys[name])["Body"].read() == b"of then", name
    lost = store.client.list_object_versions(Bucket=buckets["checkpoints"])["Versions"]
    assert len(lost) == 3, "nothing is deleted"
