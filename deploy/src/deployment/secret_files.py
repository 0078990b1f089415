"""The secrets of an installation, a file each: what is missing is made, what is there is kept; no value is anybody's default.

The folder serves docker compose as it is and Kubernetes as one Secret (`kubectl create secret generic caseload --from-file=…`).
Certificates alone are made anew, when they run out within two months or lack a name.
"""

import argparse
import json
import os
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from chassis.auth.tokens import generate_key, public_pem
from chassis.encryption.keyring import Keyring
from chassis.events.hints import LISTENERS
from chassis.events.rabbitmq_accounts import definitions
from chassis.private_files import write, write_once
from deployment.certificates import Pair, authority, is_due, issue
from deployment.processes import BACKUPS_ROLE, DATABASE_ROLES, LEDGER_ROLE, PROCESSES, SERVERS, SERVICES

# What the keys of the store are called: its administrator's, and one for each process that keeps something there. Their form suits
# stores that take an account for the first half.
S3_KEY = "caseload:files"
S3_ACCOUNTS = ("clients", "clinical", "audit", "ledger")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="secrets", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--owner", type=int, help="the user id of the containers, where root makes the files")
    parser.add_argument("--database", default="postgres:5432", help="host:port of PostgreSQL")
    parser.add_argument("--broker", default="rabbitmq:5671", help="host:port of RabbitMQ, which speaks TLS")
    parser.add_argument("--valkey", default="valkey:6380", help="host:port of the Redis or Valkey of the rate limits, which speaks TLS")
    parser.add_argument("--smtp-url", help="the mail server, with user and password")
    options = parser.parse_args(arguments)
    installation = Installation(options.folder)
    installation.make(database=options.database, broker=options.broker, valkey=options.valkey, smtp_url=options.smtp_url)
    if options.owner is not None:
        installation.give_to(options.owner)


class Installation:
    """One folder of secrets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Below the folder, where neither composition looks: no process needs to sign certificates.
        self.authority_key = folder / "authority" / "key"

    def make(self, *, database: str, broker: str, valkey: str = "valkey:6380", smtp_url: str | None = None) -> None:
        """Whatever of it is not there yet."""
        for folder in (self.folder, self.authority_key.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._once("keyring", lambda: Keyring.generate().dump())
        self._once("access-key", generate_key)
        self._once("gateway-secret", random_text)
        for service in SERVICES:
            key = self._once(f"{service}-service-key", generate_key)
            self._once(f"{service}-service-key-public", partial(public_pem, key))
        self._make_database(database)
        self._make_broker(broker)
        self._make_bucket()
        self._make_rate_limit_store(valkey)
        self._make_certificates()
        if smtp_url is not None:
            self._once("smtp-url", smtp_url.encode)

    def give_to(self, owner: int) -> None:
        """Lets the containers' user read the files; the authority's own key stays with who made it."""
        for path in self.folder.iterdir():
            if path.is_file():
                os.chown(path, owner, owner)

    def _make_database(self, server: str) -> None:
        # verify-full: whoever answers in the server's place is not told a password.
        rest = f"@{server}/caseload?sslmode=verify-full&sslrootcert=/run/secrets/authority-certificate"
        password = self._once("postgres-password", random_text).decode()
        self._once("admin-database-url", f"postgresql://postgres:{quote(password, safe='')}{rest}".encode)
        for service, kinds in DATABASE_ROLES.items():
            for kind, role in kinds.items():
                address = f"postgresql://{service}_{role}:{secrets.token_urlsafe(24)}{rest}"
                self._once(f"{service}-{kind}", address.encode)
        for name in (BACKUPS_ROLE, LEDGER_ROLE):
            self._once(f"{name}-database-url", f"postgresql://{name}:{secrets.token_urlsafe(24)}{rest}".encode)

    def _make_broker(self, server: str) -> None:
        rest = f"@{server}/?cafile=/run/secrets/authority-certificate"
        passwords = {}
        for name in (*SERVICES, *LISTENERS):
            address = self._once(f"{name}-broker-url", f"amqps://{name}:{secrets.token_urlsafe(24)}{rest}".encode)
            passwords[name] = unquote(urlsplit(address.decode().strip()).password or "")
        self._once("rabbitmq-configuration", RABBITMQ_CONFIGURATION.encode)
        # Made anew each time: it follows from the addresses, and a service that is added later has an account too.
        write(self.folder / "rabbitmq-definitions", json.dumps(definitions(passwords), indent=2).encode())

    def _make_bucket(self) -> None:
        self._once("s3-access-key", S3_KEY.encode)
        secret = self._once("s3-secret-key", random_text).decode()
        self._once("s3-credentials", credentials(S3_KEY, secret).encode)
        for name in S3_ACCOUNTS:
            secret = self._once(f"{name}-s3-secret-key", random_text).decode()
            self._once(f"{name}-s3-credentials", credentials(f"caseload:{name}", secret).encode)
        # Never made anew: what it has sealed opens with it alone.
        self._once("ledger-key", random_text)
        secret = self._once("backups-s3-secret-key", random_text).decode()
        passphrase = self._once("backup-passphrase", random_text).decode()
        # Made anew each time, from the two: what the database's container and `backups` know the repository by.
        write(self.folder / "backup-repository", repository("caseload:backups", secret, passphrase).encode())

    def _make_rate_limit_store(self, server: str) -> None:
        password = self._once("valkey-password", random_text).decode()
        self._once("valkey-settings", valkey_settings(password).encode)
        address = f"rediss://:{quote(password, safe='')}@{server}/0?ssl_ca_certs=/run/secrets/authority-certificate"
        self._once("gateway-rate-limit-store-url", address.encode)

    def _make_certificates(self) -> None:
        if not (self.folder / "authority-certificate").exists():
            certificate, key = authority()
            # The key first: a certificate whose key was never written would be of no use for ever.
            write(self.authority_key, key)
            write(self.folder / "authority-certificate", certificate)
        signer = ((self.folder / "authority-certificate").read_bytes(), self.authority_key.read_bytes())
        for name in (*PROCESSES, *SERVERS):
            self._certify(signer, name)

    def _certify(self, signer: Pair, name: str) -> None:
        addresses = (name, "localhost", "127.0.0.1")
        held = self.folder / f"{name}-tls-certificate"
        if held.exists() and not is_due(held.read_bytes(), addresses):
            return
        certificate, key = issue(signer, name, addresses)
        # The certificate goes first and comes last: one that does not belong to its key would look as if all were well.
        held.unlink(missing_ok=True)
        write(self.folder / f"{name}-tls-key", key)
        write(held, certificate)

    def _once(self, name: str, content: Callable[[], bytes]) -> bytes:
        return write_once(self.folder / name, content)


def random_text() -> bytes:
    return secrets.token_urlsafe(24).encode()


def credentials(key: str, secret: str) -> str:
    return f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"


def repository(key: str, secret: str, passphrase: str) -> str:
    """What pgBackRest is told of its repository that is secret: an account of the store, and what everything is encrypted under."""
    return f"[global]\nrepo1-s3-key={key}\nrepo1-s3-key-secret={secret}\nrepo1-cipher-pass={passphrase}\n"


# What the node reads at its start: TLS alone, and the accounts. Whoever comes is known by one of them, not by a certificate.
RABBITMQ_CONFIGURATION = """\
listeners.tcp = none
listeners.ssl.default = 5671
ssl_options.cacertfile = /run/secrets/authority-certificate
ssl_options.certfile = /run/secrets/tls-certificate
ssl_options.keyfile = /run/secrets/tls-key
ssl_options.verify = verify_none
load_definitions = /run/secrets/rabbitmq-definitions
log.console = true
log.console.level = info
log.file = false
"""


def valkey_settings(password: str) -> str:
    """What the store of the rate limits reads at its start: TLS alone, a password, and nothing on disk, for counts live two minutes."""
    return "\n".join(
        [
            "port 0",
            "tls-port 6380",
            "tls-ca-cert-file /run/secrets/authority-certificate",
            "tls-cert-file /run/secrets/tls-certificate",
            "tls-key-file /run/secrets/tls-key",
            # Whoever comes is known by the password, not by a certificate.
            "tls-auth-clients no",
            f"requirepass {password}",
            'save ""',
            "appendonly no",
            "maxmemory 96mb",
            "maxmemory-policy volatile-ttl",
            "",
        ]
    )
