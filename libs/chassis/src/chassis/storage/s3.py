"""Files in a private S3 bucket, or in what speaks like one."""

import base64
import mimetypes
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chassis.errors import NotFound, Unavailable
from chassis.storage.base import BATCH, Threads, checked, is_key, unavailable
from chassis.storage.spool import Spool
from chassis.storage.versions import KEPT, AsOf, copied, keep, put_back

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

R = TypeVar("R")
_SECONDS_TO_CONNECT, _SECONDS_TO_READ, _ATTEMPTS, _CONNECTIONS = 3, 10, 2, 8
_ABSENT = {"NoSuchKey", "404", "NotFound"}
# Two that put at once are told either.
_THERE_ALREADY = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
_BEHIND_THE_END = {"InvalidRange", "416"}


class NotLockable(Exception):
    """A bucket that is there already and was made without object lock."""


class S3Blobs:
    """One bucket. Credentials come from where AWS's own tools look for them.

    `endpoint` is for stores other than AWS's; `public_endpoint` is how people's browsers reach that store, where this
    differs. `encryption` is what the store is told to do at rest: AES256, aws:kms, or none for a store without keys.

    With `lock` (governance or compliance) every version of a file is kept for `lock_days`, whatever is put or deleted later: compliance
    binds everybody, governance all but those whom the store lets bypass it. A deleted file is still read then.

    `versions` is for how many days the bucket keeps what was deleted or written over, so that it can be put back: a number, `kept` (for good)
    or `none`. Only who makes the bucket acts on it; a file that was deleted is not there for anybody.
    """

    def __init__(
        self,
        bucket: str,
        *,
        region: str = "us-east-1",
        endpoint: str = "",
        public_endpoint: str = "",
        encryption: str = "AES256",
        lock: str = "none",
        lock_days: str = "30",
        versions: str = "none",
    ) -> None:
        if encryption not in {"AES256", "aws:kms", "none"}:
            raise ValueError("a bucket's encryption is AES256, aws:kms or none")
        if lock not in {"governance", "compliance", "none"} or not lock_days.isdecimal() or int(lock_days) < 1:
            raise ValueError("a bucket's lock is governance, compliance or none, and lock_days a number of days")
        if versions not in {"none", KEPT} and not (versions.isdecimal() and int(versions) > 0):
            raise ValueError("a bucket's versions are a number of days, kept or none")
        self._versions_kept = versions
        self._lock: Any = None if lock == "none" else lock.upper()
        self._lock_days = int(lock_days)
        self._bucket = bucket
        self._region = region
        self._at_rest: dict[str, Any] = {} if encryption == "none" else {"ServerSideEncryption": encryption}
        # Building a client reads AWS's service models from disk: once per process, not once per link.
        self._client = open_client(region, endpoint)
        self._signer = open_client(region, public_endpoint) if public_endpoint else self._client
        self._threads = Threads()

    async def put(self, key: str, data: bytes | Spool, content_type: str) -> None:
        if isinstance(data, Spool):
            # It is sent from where it stands.
            data.seek(0)
        await self._do(
            self._client.put_object,
            Bucket=self._bucket,
            Key=checked(key),
            # A spool is sent piece by piece, and read once more if an attempt fails.
            Body=data,
            ContentType=content_type,
            **self._at_rest,
            **self._retention(data),
        )

    async def put_once(self, key: str, data: bytes, content_type: str) -> bytes:
        return await self._do(self._write_once, checked(key), data, content_type)

    async def get(self, key: str) -> bytes:
        return await self._do(self._read if self._lock is None else self._read_locked, checked(key))

    async def read(self, key: str, start: int, size: int) -> bytes:
        return await self._do(self._read_part, checked(key), start, size)

    async def missing(self, keys: Sequence[str]) -> list[str]:
        return await self._do(self._find_missing, keys)

    async def delete(self, key: str) -> None:
        await self._do(self._client.delete_object, Bucket=self._bucket, Key=checked(key))

    async def stored_before(self, moment: datetime) -> AsyncIterator[list[str]]:
        token: Any = {}
        while True:
            page = await self._do(self._client.list_objects_v2, Bucket=self._bucket, MaxKeys=BATCH, **token)
            yield [each["Key"] for each in page.get("Contents", ()) if is_key(each["Key"]) and each["LastModified"] < moment]
            if not page["IsTruncated"]:
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    async def of_workspace(self, workspace_id: UUID) -> list[str]:
        page = await self._do(self._client.list_objects_v2, Bucket=self._bucket, MaxKeys=BATCH, Prefix=f"{workspace_id}/")
        return [each["Key"] for each in page.get("Contents", ()) if is_key(each["Key"])]

    async def presign(self, key: str, *, expires_in: int, file_name: str, content_type: str, inline: bool = False) -> str:
        # A presigned link carries the download's name in the clear, where proxies and histories keep it.
        # So the name is a neutral one here; the true one is shown beside the link.
        neutral = "attachment" + (mimetypes.guess_extension(content_type) or "")
        return await self._do(
            self._signer.generate_presigned_url,
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": checked(key),
                "ResponseContentDisposition": f'{"inline" if inline else "attachment"}; filename="{neutral}"',
                "ResponseContentType": content_type,
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=expires_in,
        )

    async def create(self) -> None:
        """Makes the bucket, its owner's alone, unless it is there already, and locks it if it is to be locked.

        Raises NotLockable for a bucket that was made without object lock.
        """
        if not await self.ready():
            # The first of the regions is the one that must not be named (CreateBucket, LocationConstraint).
            options: Any = {} if self._region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
            if self._lock is not None:
                # Turns on versioning as well. Not every store can do either later.
                options["ObjectLockEnabledForBucket"] = True
            await self._do(self._client.create_bucket, Bucket=self._bucket, **options)
        if self._versions_kept != "none":
            await self._do(keep, self._client, self._bucket, self._versions_kept)
        if self._lock is None:
            return
        if not await self._do(self._is_locked):
            raise NotLockable(f"The bucket {self._bucket} exists without object lock: name another one, or lock=none.")
        # For what is put by somebody who asks for no retention.
        rule: Any = {"DefaultRetention": {"Mode": self._lock, "Days": self._lock_days}}
        await self._do(
            self._client.put_object_lock_configuration,
            Bucket=self._bucket,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
        )

    async def put_back(self, moment: datetime) -> AsOf:
        """Files as they were at the moment, where the bucket keeps versions."""
        return await self._do(put_back, self._client, self._bucket, moment, copied if self._lock is None else self._put_again)

    async def ready(self) -> bool:
        try:
            await self._do(self._client.head_bucket, Bucket=self._bucket)
        except (Unavailable, NotFound):
            return False
        return True

    def _read(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def _write_once(self, key: str, data: bytes, content_type: str) -> bytes:
        try:
            options = {**self._at_rest, **self._retention(data)}
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type, IfNoneMatch="*", **options)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _THERE_ALREADY:
                raise
        if self._lock is None:
            return self._read(key)
        # Whoever may delete can put a delete marker on top, and something new on that. What was first is kept beneath.
        return self._client.get_object(Bucket=self._bucket, Key=key, VersionId=self._versions(key)[-1])["Body"].read()

    def _versions(self, key: str) -> list[str]:
        """The versions of a file, the newest first."""
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
        found = [version["VersionId"] for page in pages for version in page.get("Versions", ()) if version["Key"] == key]
        if not found:
            raise NotFound("not_found", "There is nothing here under this id.")
        return found

    def _read_part(self, key: str, start: int, size: int) -> bytes:
        try:
            # The last byte's number is part of the range (RFC 9110, 14.1.2).
            return self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{start + size - 1}")["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _BEHIND_THE_END:
                return b""
            raise

    def _find_missing(self, keys: Sequence[str]) -> list[str]:
        """Lists what is stored from the first key to the last: a request for a thousand keys, not one for each."""
        if not keys:
            return []
        stored: set[str] = set()
        # A listing begins behind this, which is right before the first key.
        place: Any = {"StartAfter": keys[0][:-1]}
        while True:
            page = self._client.list_objects_v2(Bucket=self._bucket, MaxKeys=BATCH, **place)
            found = [each["Key"] for each in page.get("Contents", ())]
            stored.update(found)
            if not page["IsTruncated"] or found[-1] >= keys[-1]:
                return [key for key in keys if key not in stored]
            place = {"ContinuationToken": page["NextContinuationToken"]}

    def _read_locked(self, key: str) -> bytes:
        """The newest version, also beneath a delete marker, which anybody who may delete can put on top."""
        return self._client.get_object(Bucket=self._bucket, Key=key, VersionId=self._versions(key)[0])["Body"].read()

    def _is_locked(self) -> bool:
        try:
            found = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ObjectLockConfigurationNotFoundError":
                return False
            raise
        return found["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"

    def _put_again(self, client: "S3Client", bucket: str, key: str, version: str) -> None:
        """A file that is kept has to be put with a checksum. Such files are small."""
        found = client.get_object(Bucket=bucket, Key=key, VersionId=version)
        data = found["Body"].read()
        client.put_object(Bucket=bucket, Key=key, Body=data, ContentType=found["ContentType"], **self._at_rest, **self._retention(data))

    def _retention(self, data: bytes | Spool) -> dict[str, Any]:
        if self._lock is None:
            return {}
        return {
            "ObjectLockMode": self._lock,
            "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=self._lock_days),
            # A request with a retention has to carry a checksum and to say of which kind (PutObject).
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": base64.b64encode(sha256(data).digest() if isinstance(data, bytes) else data.sha256).decode(),
        }

    async def _do(self, call: Callable[..., R], *arguments: object, **options: object) -> R:
        try:
            return await self._threads.run(call, *arguments, **options)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _ABSENT:
                raise NotFound("not_found", "There is nothing here under this id.") from None
            raise unavailable() from error
        except (BotoCoreError, OSError) as error:
            raise unavailable() from error


def open_client(region: str, endpoint: str) -> "S3Client":
    return boto3.client(
        "s3",
        region_name=region,
        endpoint_url=endpoint or None,
        config=Config(
            signature_version="s3v4",
            connect_timeout=_SECONDS_TO_CONNECT,
            read_timeout=_SECONDS_TO_READ,
            retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            max_pool_connections=_CONNECTIONS,
            # Names as sub-domains need DNS that only AWS is sure to have.
            s3={"addressing_style": "path" if endpoint else "auto"},
            # Stores that merely speak like S3 do not all know the newer checksum trailers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
