"""What an installation needs beyond its own machine: mail, the place of its backups, and TLS towards everybody."""

import asyncio
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx2

from chassis.settings import is_local
from notifications.mail.smtp import DeliveryFailure, SmtpClient
from standalone.backups.errors import BackupFailed
from standalone.backups.passphrases import passphrase_from
from standalone.backups.targets import DirectoryTarget, Target, open_target
from standalone.doctor.findings import Finding, asked, fail, looked_at, ok, warn
from standalone.home import Home
from standalone.settings import StandaloneSettings

if TYPE_CHECKING:
    from standalone.backups.bucket import BucketTarget

_SECONDS = 10.0
# Groups that everybody is in (Access Control List overview, "Amazon S3 predefined groups").
_EVERYBODY = {"http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}


async def of_outside(home: Home, settings: StandaloneSettings) -> list[Finding]:
    found = looked_at("TLS", lambda: _tls(settings))
    found += await asked("gateway", lambda: _gateway(home))
    found += await asked("mail", lambda: _mail(settings))
    for address in filter(None, (settings.backup_target, settings.backup_keys_target)):
        found += await asyncio.to_thread(looked_at, "target", partial(_target, home, address))
    if settings.backup_passphrase_file is not None:
        found += looked_at("passphrase", lambda: _passphrase(settings.backup_passphrase_file))
    return found


def _tls(settings: StandaloneSettings) -> Iterator[Finding]:
    public = urlsplit(settings.address)
    if public.scheme != "https" and not is_local(public.hostname):
        yield fail("TLS", "people reach the gateway without", "set CASELOAD_PUBLIC_URL to the https address of the proxy before it")
        return
    if settings.database_url is not None:
        database = urlsplit(settings.database_url.get_secret_value())
        query = parse_qs(database.query)
        if not is_local(query.get("host", [database.hostname or ""])[0]) and query.get("sslmode") != ["verify-full"]:
            yield fail("TLS", "the database is reached without proof of who it is", "add sslmode=verify-full to DATABASE_URL")
            return
    yield ok("TLS", "nothing leaves this machine without" if settings.is_private else "people reach the gateway by https")


async def _gateway(home: Home) -> list[Finding]:
    try:
        running = json.loads(home.running.read_text())
    except FileNotFoundError:
        return [ok("gateway", "does not run")]
    async with httpx2.AsyncClient(timeout=_SECONDS) as http:
        for name, url in running["health"].items():
            try:
                reply = await http.get(f"{url}/health/ready")
            except httpx2.TransportError:
                return [fail("gateway", f"{name} does not answer", "start it; running.json is what a killed process left")]
            if reply.status_code != 200:
                return [fail("gateway", f"{name} is not ready", f"ask {url}/health/ready what it waits for")]
    return [ok("gateway", "runs, and all of it is ready")]


async def _mail(settings: StandaloneSettings) -> list[Finding]:
    if settings.smtp_url is None:
        return [ok("mail", "is caught and shown at /dev/mail/view; CASELOAD_SMTP_URL sends it")]
    try:
        await SmtpClient(settings.smtp_url.get_secret_value(), seconds=_SECONDS).greet()
    except DeliveryFailure as failure:
        return [
            fail(
                "mail",
                f"the server does not take any ({failure.code})",
                "correct CASELOAD_SMTP_URL, or see to the server; what waits is sent then",
            )
        ]
    return [ok("mail", "the server lets us in")]


def _target(home: Home, address: str) -> Iterator[Finding]:
    try:
        target = open_target(address)
        target.sizes()
    except BackupFailed as failure:
        yield fail("target", str(failure), "correct CASELOAD_BACKUP_TARGET, or see to the disk or bucket")
        return
    yield from _directory(home, target) if isinstance(target, DirectoryTarget) else _bucket(target)


def _directory(home: Home, target: DirectoryTarget) -> Iterator[Finding]:
    nearest = next(path for path in (target.directory, *target.directory.parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        yield fail("target", "the backups' directory cannot be written to", "chmod or mount it, or name another one")
    elif target.is_on_disk_of(home.directory):
        yield warn("target", "the backups are on the disk of the home", "keep them on another one: this one's death takes both")
    else:
        yield ok("target", "the backups are on another disk than the home")


def _bucket(target: Target) -> Iterator[Finding]:
    from botocore.exceptions import ClientError

    from standalone.backups.bucket import BucketTarget

    assert isinstance(target, BucketTarget)
    opened, untold = [], False
    for name, is_public in (("its access list", _is_public_by_list), ("its policy", _is_public_by_policy)):
        try:
            if is_public(target):
                opened.append(name)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "AccessDenied":
                raise
            untold = True
    if opened:
        yield fail("target", f"the backups' bucket is open to everybody by {' and '.join(opened)}", "block public access to it")
    elif untold:
        # Backups need no right to ask.
        yield warn(
            "target", "the backups' bucket answers, and does not say who reads it", "allow s3:GetBucketAcl and s3:GetBucketPolicyStatus"
        )
    else:
        yield ok("target", "the backups' bucket answers, and is private")


def _is_public_by_list(target: "BucketTarget") -> bool:
    return any(grant["Grantee"].get("URI") in _EVERYBODY for grant in target.client.get_bucket_acl(Bucket=target.bucket)["Grants"])


def _is_public_by_policy(target: "BucketTarget") -> bool:
    from botocore.exceptions import ClientError

    try:
        return target.client.get_bucket_policy_status(Bucket=target.bucket)["PolicyStatus"]["IsPublic"]
    except ClientError as error:
        # A bucket without a policy has none that opens it.
        if error.response.get("Error", {}).get("Code") != "NoSuchBucketPolicy":
            raise
        return False


def _passphrase(file: Path | None) -> Iterator[Finding]:
    try:
        passphrase_from(file, new=True)
    except BackupFailed as failure:
        yield fail("passphrase", str(failure), "the next backup is made when this is corrected")
        return
    yield ok("passphrase", "can be read; keep a copy apart from this machine")
