"""The secrets of an installation: made once, of one owner, and certificates that are believed."""

import json
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from chassis.auth.tokens import ServiceSigner, read_service_keys, verify_service
from chassis.encryption.keyring import Keyring
from chassis.local.rabbitmq import account
from deployment import certificates, secret_files
from deployment.processes import SERVICES
from deployment.secret_files import Installation

WHERE = {"database": "postgres:5432", "broker": "rabbitmq:5671", "smtp_url": "smtps://mail.example.org"}


@pytest.fixture
def installation(tmp_path):
    made = Installation(tmp_path / "secrets")
    made.make(**WHERE)
    return made


def contents(installation):
    return {path.name: path.read_bytes() for path in installation.folder.iterdir() if path.is_file()}


def test_what_is_there_is_kept(installation):
    before = contents(installation)
    installation.make(**WHERE | {"database": "elsewhere:5432"})

    assert contents(installation) == before


def test_what_is_lost_is_made_again_and_nothing_else(installation):
    before = contents(installation)
    (installation.folder / "s3-secret-key").unlink()
    installation.make(**WHERE)

    assert {name for name, content in contents(installation).items() if content != before[name]} == {"s3-secret-key"}


def test_no_two_installations_share_a_secret(installation, tmp_path):
    other = Installation(tmp_path / "other")
    other.make(**WHERE)
    same = {name for name, content in contents(other).items() if content == contents(installation)[name]}

    assert same == {"rabbitmq-configuration", "s3-access-key", "smtp-url"}, "no secret, what a bucket's key is called, and what was told"


def test_its_owner_alone_may_read_it(installation):
    assert installation.folder.stat().st_mode & 0o777 == 0o700
    for path in installation.folder.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o077 == 0, path.name


def test_the_authoritys_key_is_not_among_what_processes_are_given(installation):
    assert not any(installation.authority_key.read_bytes() in content for content in contents(installation).values())


def test_keys_fit_what_reads_them(installation, tmp_path):
    Keyring.load(installation.folder / "keyring")
    for service in SERVICES:
        shutil.copy(installation.folder / f"{service}-service-key-public", tmp_path / f"{service}.pub")
    keys = read_service_keys(tmp_path)
    signer = ServiceSigner("clinical", (installation.folder / "clinical-service-key").read_bytes())
    workspace = "0190b6a2-6a5e-7c3b-8f53-0242ac120002"

    assert verify_service(signer.token("clients", workspace), audience="clients", keys=keys)["sub"] == "clinical"


def test_the_broker_has_an_account_for_each_service_and_the_gateway_with_the_password_in_its_address(installation):
    owners = [*SERVICES, "gateway"]
    made = json.loads((installation.folder / "rabbitmq-definitions").read_text())
    addresses = {service: urlsplit((installation.folder / f"{service}-broker-url").read_text()) for service in owners}

    assert {service: address.username for service, address in addresses.items()} == {service: service for service in owners}
    assert len({address.password for address in addresses.values()}) == len(owners)
    assert made["users"] == [account(service, addresses[service].password) for service in owners]
    for kind in ("permissions", "topic_permissions"):
        assert list(dict.fromkeys(entry["user"] for entry in made[kind])) == owners
    assert len(made["permissions"]) == len(owners)
    assert not any(address.password in json.dumps(made) for address in addresses.values()), "hashes alone"


def test_an_account_follows_the_address_that_somebody_wrote(installation):
    (installation.folder / "audit-broker-url").write_text("amqps://audit:chosen%2Fhere@mq.example.org/\n")
    installation.make(**WHERE)

    users = json.loads((installation.folder / "rabbitmq-definitions").read_text())["users"]
    assert account("audit", "chosen/here") in users


def test_certificates_hold_for_their_names_and_for_no_others(installation):
    authority = x509.load_pem_x509_certificate((installation.folder / "authority-certificate").read_bytes())
    shown = x509.load_pem_x509_certificate((installation.folder / "clients-tls-certificate").read_bytes())
    policy = PolicyBuilder().store(Store([authority]))
    for name in (x509.DNSName("clients"), x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))):
        assert policy.build_server_verifier(name).verify(shown, [])
    with pytest.raises(VerificationError):
        policy.build_server_verifier(x509.DNSName("clinical")).verify(shown, [])
    assert policy.build_client_verifier().verify(shown, [])

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(installation.folder / "clients-tls-certificate", installation.folder / "clients-tls-key")


def test_a_certificate_that_ends_soon_is_made_anew_by_the_same_authority(installation, monkeypatch):
    before = contents(installation)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=320)

    monkeypatch.setattr(certificates, "datetime", Later)
    installation.make(**WHERE)

    after = contents(installation)
    changed = {name for name in after if after[name] != before[name]}
    assert {"clients-tls-certificate", "clients-tls-key"} <= changed
    assert all("-tls-" in name for name in changed)
    renewed = x509.load_pem_x509_certificate(after["clients-tls-certificate"])
    assert renewed.not_valid_after_utc > datetime.now(UTC) + timedelta(days=600)
    renewed.verify_directly_issued_by(x509.load_pem_x509_certificate(after["authority-certificate"]))


def test_half_made_certificates_are_made_anew(installation, monkeypatch):
    """A crash between the two files leaves no key beside another key's certificate."""
    (installation.folder / "clients-tls-certificate").unlink()
    real = secret_files.write

    def crash(path, content):
        if path.name == "clients-tls-certificate":
            raise KeyboardInterrupt
        real(path, content)

    monkeypatch.setattr(secret_files, "write", crash)
    with pytest.raises(KeyboardInterrupt):
        installation.make(**WHERE)
    assert not (installation.folder / "clients-tls-certificate").exists()
    monkeypatch.undo()
    installation.make(**WHERE)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(installation.folder / "clients-tls-certificate", installation.folder / "clients-tls-key")
