"""`restored [--to <moment>] [--incomplete-ledger]`: what has to be done to a database that was restored, before any service runs on it again.

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
from standalone.backups.ledger import Entry, Ledger, erased
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
    parser.add_argument(
        "--incomplete-ledger", action="store_true", help="goes on where the ledger lacks something: who was erased may be back"
    )
    parser.add_argument("--ledger-only", action="store_true", help="looks whether the ledger can be read, and does nothing")
    options = parser.parse_args(arguments)
    settings = RestoredSettings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    configure_logs("restored", "WARNING")
    try:
        asyncio.run(_settle(settings, settings.admin_database_url.get_secret_value(), options))
    except BackupFailed as failure:
        raise SystemExit(f"restored: {failure}") from failure


async def _settle(settings: RestoredSettings, admin_dsn: str, options: argparse.Namespace) -> None:
    steps = Steps(Console())
    entries, doubts = await asyncio.to_thread(ledger_of, settings.ledger)
    if options.ledger_only:
        _accept(doubts, options, steps)
        return
    connection = await asyncpg.connect(admin_dsn)
    try:
        known = {entry.key for entry in await erased(connection)}
        missing = known - {entry.key for entry in entries}
        if missing:
            said = f"{len(missing)} of {len(known)} who were erased before this moment are not in the ledger of erasures"
            if missing == known:
                doubts.append(f"{said}: it is another one's, or empty (see `ledger-key` and CASELOAD_LEDGER_URL)")
            else:
                steps.say(f"{said}: where it was not written for some time, others who were erased then are back")
        _accept(doubts, options, steps)
        await settle(service_settings(settings), connection, entries, options.to or datetime.now(UTC), steps)
    finally:
        await connection.close()


def ledger_of(ledger: Ledger) -> tuple[list[Entry], list[str]]:
    """What is in the ledger, and why somebody who was erased may not be among it."""
    passed_over: list[str] = []
    entries = ledger.entries(passed_over=passed_over)
    doubts = [f"{name} of the ledger of erasures was changed, and does not open" for name in passed_over]
    doubts += [
        f"{name} in the bucket of the ledger was written under another `ledger-key`: take the folder of secrets that has it"
        for name in ledger.under_other_keys()
    ]
    return entries, doubts


def _accept(doubts: Sequence[str], options: argparse.Namespace, steps: Steps) -> None:
    """Raises BackupFailed where there are doubts, unless somebody has decided to go on."""
    for doubt in doubts:
        steps.say(doubt)
    if doubts and not options.incomplete_ledger:
        raise BackupFailed(
            "who was erased would be back, so nothing was done. Where it is known that nobody would be, `--incomplete-ledger` goes on"
        )


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
