"""`restored [--to <moment>]`: what has to be done to a database that was restored, before any service runs on it again.

Erases again who was erased since, and places the legal holds of the ledger. Ends what was issued before (sign-ins, links, codes). Tells the events
of the last days once more, to all services in this process and to nobody else: the broker is empty, and who has handled one drops it. Then it
holds back what may have been sent in the time that is lost. In this order, which is that of `caseload restore`, so that what the events make due is held back, too.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
from pydantic import DirectoryPath, FilePath
from rich.console import Console

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from deployment.backups.rules import parse_moment
from deployment.bucket import BucketSettings
from deployment.ledger import LedgerSettings
from deployment.processes import DATABASE_ROLES
from standalone.backups.errors import BackupFailed
from standalone.backups.progress import Steps
from standalone.backups.settling import ADDRESSES, settle
from standalone.services import SERVICES


class RestoredSettings(BucketSettings, LedgerSettings):
    # Holds every service's addresses of the database, as for `provision`.
    database_urls_dir: DirectoryPath
    # What identity signs access tokens with.
    access_key_file: FilePath


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="restored", description=__doc__)
    parser.add_argument("--to", type=parse_moment, help="the moment that the database was restored to; without one, now")
    options = parser.parse_args(arguments)
    settings = RestoredSettings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    configure_logs("restored", "WARNING")
    try:
        asyncio.run(_settle(settings, settings.admin_database_url.get_secret_value(), options.to or datetime.now(UTC)))
    except BackupFailed as failure:
        raise SystemExit(f"restored: {failure}") from failure


async def _settle(settings: RestoredSettings, admin_dsn: str, reached: datetime) -> None:
    entries = await asyncio.to_thread(settings.ledger.entries)
    connection = await asyncpg.connect(admin_dsn)
    try:
        await settle(service_settings(settings), connection, entries, reached, Steps(Console()))
    finally:
        await connection.close()


def service_settings(settings: RestoredSettings) -> dict[str, Settings]:
    """Every service's as its container is told them, but for where it listens, publishes and mails."""
    blobs = {"clinical": settings.blob_url, "audit": settings.checkpoints_url}
    files = {"clients": settings.client_archives_url, "audit": settings.audit_exports_url}
    made = {}
    for service in SERVICES:
        own: dict[str, Any] = {
            kind.replace("-", "_"): (settings.database_urls_dir / f"{service.name}-{kind}").read_text().strip()
            for kind in DATABASE_ROLES[service.name]
        }
        own |= {"blob_url": blobs.get(service.name, ""), "job_files_url": files.get(service.name, "")}
        made[service.name] = service.settings(**ADDRESSES, **own)
    return made
