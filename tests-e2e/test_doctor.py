"""`caseload doctor` finds what is wrong with an installation, one line each, and nothing where nothing is."""

from argparse import Namespace
from datetime import UTC, datetime, timedelta

import asyncpg
import boto3
import pytest
from botocore.stub import Stubber
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from chassis.encryption.keyring import Keyring
from chassis.local.postgres import LocalPostgres
from chassis.local.processes import free_port
from standalone.backups.status import BackupStatus
from standalone.backups.targets import open_target
from standalone.doctor.command import doctor_command, examine
from standalone.doctor.findings import Verdict
from standalone.doctor.home_checks import at_start
from standalone.doctor.outside_checks import _bucket
from standalone.home import Home
from standalone.mail import Mailbox, MailServer
from standalone.settings import StandaloneSettings

PASSPHRASE = "orbit-lemon-quarry-violin-72"


@pytest.fixture(scope="module")
def home(homes, tmp_path_factory):
    return Home(homes.copy(tmp_path_factory.mktemp("doctor") / "home"))


@pytest.fixture(scope="module")
def dsn(home):
    server = LocalPostgres(home.postgres).start()
    yield server.dsn
    server.stop()


@pytest.fixture
def given(home, dsn, tmp_path):
    """The settings of an installation with nothing wrong."""
    home.backups.mkdir(exist_ok=True)
    BackupStatus("a", datetime.now(UTC)).write(home)
    passphrase = tmp_path / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(PASSPHRASE)
    return {"home": home.directory, "backup_target": str(tmp_path / "backups"), "backup_passphrase_file": passphrase}


async def failed(given, **but):
    """What has failed, by its subject."""
    return {
        each.subject: f"{each.what}: {each.todo}"
        for each in await examine(StandaloneSettings(**{**given, **but}))
        if each.verdict is Verdict.FAIL
    }


async def test_where_nothing_is_wrong_nothing_fails(given):
    found = await examine(StandaloneSettings(**given))

    assert [str(each) for each in found if each.verdict is Verdict.FAIL] == []
    assert {each.subject for each in found} == {
        "files", "disk", "keyring", "backups", "database", "migrations", "roles", "grants", "data keys", "clocks", "events", "TLS", "gateway", "mail",
        "target", "passphrase",
    }  # fmt: skip
    for each in found:
        assert each.todo or each.verdict is Verdict.OK, each


@pytest.mark.parametrize(
    ("breaking", "mending", "subjects"),
    [
        ("ALTER ROLE clients_app BYPASSRLS", "ALTER ROLE clients_app NOBYPASSRLS", {"roles"}),
        ("ALTER ROLE audit_relay NOLOGIN", "ALTER ROLE audit_relay LOGIN", {"roles"}),
        ("ALTER TABLE clinical.sessions NO FORCE ROW LEVEL SECURITY", "ALTER TABLE clinical.sessions FORCE ROW LEVEL SECURITY", {"grants"}),
        ("GRANT SELECT ON identity.users TO PUBLIC", "REVOKE SELECT ON identity.users FROM PUBLIC", {"grants", "roles"}),
        (
            "INSERT INTO clients.outbox (workspace_id, id, type, payload, occurred_at) VALUES (gen_random_uuid(), gen_random_uuid(), 't', '', now() + interval '1 day')",
            "DELETE FROM clients.outbox",
            {"clocks"},
        ),
        ("UPDATE audit.alembic_version SET version_num = '9999'", "UPDATE audit.alembic_version SET version_num = '{}'", {"migrations"}),
    ],
)
async def test_what_is_wrong_with_the_database_is_named(given, dsn, breaking, mending, subjects):
    admin = await asyncpg.connect(dsn)
    before = await admin.fetchval("SELECT version_num FROM audit.alembic_version")
    await admin.execute(breaking)
    try:
        found = await failed(given)
    finally:
        await admin.execute(mending.format(before))
        await admin.close()
    assert found.keys() == subjects


async def test_another_keyring_an_open_home_and_late_backups_are_named(given, home, dsn):
    admin = await asyncpg.connect(dsn)
    wrapped = Keyring.generate().wrap(b"k" * 32, b"elsewhere")
    await admin.execute(
        "INSERT INTO clients.data_keys (workspace_id, purpose, version, wrapped, state) VALUES (gen_random_uuid(), 'seal', 1, $1, 'active')",
        wrapped,
    )
    try:
        home.keyring.chmod(0o644)
        BackupStatus("a", datetime.now(UTC) - timedelta(days=3), datetime.now(UTC), "no room").write(home)
        found = await failed(given)
        noticed = {each.subject for each in at_start(home, StandaloneSettings(**given)) if each.verdict is Verdict.FAIL}
    finally:
        home.keyring.chmod(0o600)
        await admin.execute("DELETE FROM clients.data_keys")
        await admin.close()
    assert found.keys() == {"files", "data keys", "backups"}
    assert "no room" in found["backups"]
    assert noticed == {"files", "backups"}


async def test_a_bucket_that_everybody_reads_and_a_server_that_takes_no_mail_are_named(given, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    mail = MailServer(Mailbox(tmp_path / "mail"))
    await mail.start()
    try:
        host, port = store.get_host_and_port()
        s3 = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
        s3.create_bucket(Bucket="backups")
        target = f"s3://backups?endpoint=http://{host}:{port}"
        assert await failed(given, backup_target=target, smtp_url=SecretStr(mail.url)) == {}

        s3.put_bucket_acl(Bucket="backups", ACL="public-read")
        found = await failed(given, backup_target=target, smtp_url=SecretStr(f"smtp://127.0.0.1:{free_port()}"))
        assert found.keys() == {"target", "mail"}
        assert "its access list" in found["target"]
        assert (await failed(given, backup_target=f"s3://elsewhere?endpoint=http://{host}:{port}")).keys() == {"target"}
        assert (await failed(given, public_url="http://caseload.example.com")).keys() == {"TLS"}
    finally:
        await mail.close()
        store.stop()


@pytest.mark.parametrize(
    ("code", "granted", "verdict"),
    [("AccessDenied", [], Verdict.WARN), ("NoSuchBucketPolicy", [], Verdict.OK), ("AccessDenied", ["AllUsers"], Verdict.FAIL)],
)
def test_an_account_that_may_do_no_more_than_backups_need_fails_nothing(monkeypatch, code, granted, verdict):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    target = open_target("s3://backups")
    grants = [{"Grantee": {"Type": "Group", "URI": f"http://acs.amazonaws.com/groups/global/{group}"}} for group in granted]
    with Stubber(target.client) as stubbed:
        stubbed.add_response("get_bucket_acl", {"Grants": grants})
        stubbed.add_client_error("get_bucket_policy_status", code)
        assert [each.verdict for each in _bucket(target)] == [verdict]


async def test_the_command_ends_with_a_status_and_changes_nothing(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        await doctor_command(StandaloneSettings(home=tmp_path / "missing"), Namespace())

    assert ended.value.code == 1
    assert capsys.readouterr().out.startswith("FAIL home")
    assert not (tmp_path / "missing").exists()
