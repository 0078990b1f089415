"""The private buckets that CASELOAD_BLOB_URL (files), CASELOAD_CHECKPOINTS_URL and CASELOAD_AUDIT_EXPORTS_URL (audit), CASELOAD_CLIENT_ARCHIVES_URL
and, where pgBackRest keeps backups in one, CASELOAD_BACKUPS_URL name, made unless they are there.

`bucket files-as-of <moment>` puts back the files that were there at a moment, after a restore of the database to it.
"""

import asyncio
import sys
from collections.abc import Sequence

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from chassis.storage.opening import open_blobs
from chassis.storage.s3 import NotLockable, S3Blobs
from deployment.backups.rules import parse_moment


class BucketSettings(Settings):
    # What audit is given as its CASELOAD_BLOB_URL.
    checkpoints_url: str
    # What clients is given as its CASELOAD_JOB_FILES_URL.
    client_archives_url: str
    # What audit is given as its CASELOAD_JOB_FILES_URL.
    audit_exports_url: str
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
        done = asyncio.run(_opened("CASELOAD_BLOB_URL", settings.blob_url, settings).put_back(moment))
        sys.stdout.write(f"{done.put_back} files put back, {done.unchanged} as they were, {done.later} came later.\n")
        return
    buckets = {
        "CASELOAD_BLOB_URL": settings.blob_url,
        "CASELOAD_CHECKPOINTS_URL": settings.checkpoints_url,
        "CASELOAD_CLIENT_ARCHIVES_URL": settings.client_archives_url,
        "CASELOAD_AUDIT_EXPORTS_URL": settings.audit_exports_url,
    }
    if settings.backups_url:
        buckets["CASELOAD_BACKUPS_URL"] = settings.backups_url
    for name, url in buckets.items():
        try:
            asyncio.run(_opened(name, url, settings).create())
        except NotLockable as refused:
            raise SystemExit(str(refused)) from None


def _opened(name: str, url: str, settings: BucketSettings) -> S3Blobs:
    blobs = open_blobs(url, settings.blob_secret.get_secret_value(), settings.public_url)
    if not isinstance(blobs, S3Blobs):
        raise SystemExit(f"{name} names no bucket (s3://…)")
    return blobs
