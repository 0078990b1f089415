"""The private buckets that CASELOAD_BLOB_URL (files), CASELOAD_CHECKPOINTS_URL and CASELOAD_AUDIT_EXPORTS_URL (audit) and CASELOAD_CLIENT_ARCHIVES_URL name, made unless they are there."""

import asyncio
from collections.abc import Sequence

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from chassis.storage.opening import open_blobs
from chassis.storage.s3 import NotLockable, S3Blobs


class BucketSettings(Settings):
    # What audit is given as its CASELOAD_BLOB_URL.
    checkpoints_url: str
    # What clients is given as its CASELOAD_JOB_FILES_URL.
    client_archives_url: str
    # What audit is given as its CASELOAD_JOB_FILES_URL.
    audit_exports_url: str


def main(arguments: Sequence[str]) -> None:
    if arguments:
        raise SystemExit("bucket takes no arguments")
    settings = BucketSettings()
    configure_logs("bucket", settings.log_level)
    buckets = {
        "CASELOAD_BLOB_URL": settings.blob_url,
        "CASELOAD_CHECKPOINTS_URL": settings.checkpoints_url,
        "CASELOAD_CLIENT_ARCHIVES_URL": settings.client_archives_url,
        "CASELOAD_AUDIT_EXPORTS_URL": settings.audit_exports_url,
    }
    for name, url in buckets.items():
        blobs = open_blobs(url, settings.blob_secret.get_secret_value(), settings.public_url)
        if not isinstance(blobs, S3Blobs):
            raise SystemExit(f"{name} names no bucket (s3://…)")
        try:
            asyncio.run(blobs.create())
        except NotLockable as refused:
            raise SystemExit(str(refused)) from None
