"""The private bucket that CASELOAD_BLOB_URL names, made unless it is there."""

import asyncio
from collections.abc import Sequence

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from chassis.storage.opening import open_blobs
from chassis.storage.s3 import S3Blobs


def main(arguments: Sequence[str]) -> None:
    if arguments:
        raise SystemExit("bucket takes no arguments")
    settings = Settings()
    configure_logs("bucket", settings.log_level)
    blobs = open_blobs(settings.blob_url, settings.blob_secret.get_secret_value(), settings.public_url)
    if not isinstance(blobs, S3Blobs):
        raise SystemExit("CASELOAD_BLOB_URL names no bucket (s3://…)")
    asyncio.run(blobs.create())
