"""Backups in an S3 bucket, or in what speaks like one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from chassis.storage.s3 import open_client
from standalone.backups.errors import BackupFailed, TargetAway
from standalone.backups.tar_stream import PIECE
from standalone.backups.targets import Forward

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A bucket takes 10,000 parts: 320 GB in one object.
_TRANSFER = TransferConfig(multipart_chunksize=32 * PIECE, multipart_threshold=32 * PIECE, max_concurrency=2)
# Each is in memory until it is sent.
_TRANSFER.max_in_memory_upload_chunks = 2
_ABSENT = {"NoSuchKey", "404", "NotFound"}


class BucketTarget:
    """Objects below a prefix. What is put in several parts appears when the last one is there."""

    def __init__(self, bucket: str, prefix: str, *, region: str = "us-east-1", endpoint: str = "") -> None:
        self.bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self.client: S3Client = open_client(region, endpoint)

    def sizes(self) -> dict[str, int]:
        with failing():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._prefix)
            found = [each for page in pages for each in page.get("Contents", ())]
        sizes = {each["Key"].removeprefix(self._prefix): each["Size"] for each in found}
        return {name: size for name, size in sizes.items() if name.count("/") == 1}

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        with failing():
            self.client.upload_fileobj(Forward(pieces), self.bucket, self._prefix + name, Config=_TRANSFER)

    def read(self, name: str) -> Iterator[bytes]:
        with failing():
            yield from self.client.get_object(Bucket=self.bucket, Key=self._prefix + name)["Body"].iter_chunks(PIECE)

    def delete(self, name: str) -> None:
        with failing():
            self.client.delete_object(Bucket=self.bucket, Key=self._prefix + name)

    def is_on_disk_of(self, _directory: Path) -> bool:
        return False


@contextmanager
def failing() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in _ABSENT:
            raise BackupFailed("a part of the backup is missing") from error
        raise TargetAway(f"the bucket refuses: {code}") from error
    except (BotoCoreError, S3UploadFailedError) as error:
        raise TargetAway(f"the bucket cannot be used: {type(error).__name__}") from error
