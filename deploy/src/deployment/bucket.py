"""The private buckets that CASELOAD_BLOB_URL (files), CASELOAD_CHECKPOINTS_URL and CASELOAD_AUDIT_EXPORTS_URL (audit), CASELOAD_CLIENT_ARCHIVES_URL,
CASELOAD_LEDGER_URL and, where pgBackRest keeps backups in one, CASELOAD_BACKUPS_URL name, made unless they are there.

`bucket files-as-of <moment>` puts back what was in the first four at a moment, after a restore of the database to it. A published checkpoint is
taken of some seconds before: the trail that was restored has to reach as far, and a store's clock counts seconds.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from chassis.storage.opening import open_blobs
from chassis.storage.s3 import NotLockable, S3Blobs
from deployment.backups.rules import parse_moment

_CHECKPOINTS_BEFORE = timedelta(seconds=5)


class BucketSettings(Settings):
    # What audit is given as its CASELOAD_BLOB_URL.
    checkpoints_url: str
    # What clients is given as its CASELOAD_JOB_FILES_URL.
    client_archives_url: str
    # What audit is given as its CASELOAD_JOB_FILES_URL.
    audit_exports_url: str
    # Where who was erased is written down.
    ledger_url: str
    # Where pgBackRest has its repository. Empty: somebody else backs the database up.
    backups_url: str = ""


def main(arguments: Sequence[str]) -> None:
    match arguments:
        case []:
            moment = None
        case ["files-as-of", text]:
            moment = parse_moment(text)
        case _:
            raise SystemExit("bucket [files-as-of <moment>]")
    settings = BucketSettings()
    configure_logs("bucket", settings.log_level)
    if moment is not None:
        asyncio.run(_put_back(settings, moment))
        return
    buckets = {
        "CASELOAD_BLOB_URL": settings.blob_url,
        "CASELOAD_CHECKPOINTS_URL": settings.checkpoints_url,
        "CASELOAD_CLIENT_ARCHIVES_URL": settings.client_archives_url,
        "CASELOAD_AUDIT_EXPORTS_URL": settings.audit_exports_url,
        "CASELOAD_LEDGER_URL": settings.ledger_url,
    }
    if settings.backups_url:
        buckets["CASELOAD_BACKUPS_URL"] = settings.backups_url
    for name, url in buckets.items():
        try:
            asyncio.run(_opened(name, url, settings).create())
        except NotLockable as refused:
            raise SystemExit(str(refused)) from None


async def _put_back(settings: BucketSettings, moment: datetime) -> None:
    for what, name, url, as_of in (
        ("files", "CASELOAD_BLOB_URL", settings.blob_url, moment),
        ("archives of clients", "CASELOAD_CLIENT_ARCHIVES_URL", settings.client_archives_url, moment),
        ("exports of the trail", "CASELOAD_AUDIT_EXPORTS_URL", settings.audit_exports_url, moment),
        ("checkpoints", "CASELOAD_CHECKPOINTS_URL", settings.checkpoints_url, moment - _CHECKPOINTS_BEFORE),
    ):
        done = await _opened(name, url, settings).put_back(as_of)
        sys.stdout.write(f"{what}: {done.put_back} put back, {done.unchanged} as they were, {done.later} came later\n")


def _opened(name: str, url: str, settings: BucketSettings) -> S3Blobs:
    blobs = open_blobs(url, settings.blob_secret.get_secret_value(), settings.public_url)
    if not isinstance(blobs, S3Blobs):
        raise SystemExit(f"{name} names no bucket (s3://…)")
    return blobs
