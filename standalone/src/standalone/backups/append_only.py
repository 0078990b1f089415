"""A bucket of which only what came first counts: nobody who may write there hides or changes what was written before.

It keeps versions, and who writes has no right to destroy one. A deletion is a marker on top, and another content a version on top: what is
beneath is read.
"""

import base64
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from standalone.backups.bucket import BucketTarget, failing
from standalone.backups.errors import BackupFailed
from standalone.backups.tar_stream import PIECE


class AppendOnlyBucket(BucketTarget):
    """Small objects: each is sent at once. `locked` where the bucket keeps each version for a time, whoever deletes it."""

    def __init__(self, bucket: str, *, region: str = "us-east-1", endpoint: str = "", locked: bool = False) -> None:
        super().__init__(bucket, "", region=region, endpoint=endpoint)
        self._locked = locked
        self._first: dict[str, str] = {}

    @classmethod
    def named(cls, url: str) -> "AppendOnlyBucket":
        """That of `s3://bucket?region=…&endpoint=…&lock=…`, as the task `bucket` makes it."""
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise BackupFailed("a ledger is in a bucket of its own: s3://bucket?region=…&endpoint=…")
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        told = {name: options[name] for name in ("region", "endpoint") if name in options}
        return cls(parts.netloc, locked=options.get("lock", "none") != "none", **told)

    def sizes(self) -> dict[str, int]:
        with failing():
            pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket)
            versions: list[Any] = [each for page in pages for each in page.get("Versions", ())]
        found: dict[str, int] = {}
        # The newest of a name comes first, so the oldest stays.
        for each in versions:
            if each["Key"].count("/") == 1:
                self._first[each["Key"]] = each["VersionId"]
                found[each["Key"]] = each["Size"]
        return found

    def read(self, name: str) -> Iterator[bytes]:
        if name not in self._first:
            self.sizes()
        if name not in self._first:
            raise BackupFailed("a part of the ledger is missing")
        with failing():
            content = self.client.get_object(Bucket=self.bucket, Key=name, VersionId=self._first[name])["Body"]
            yield from content.iter_chunks(PIECE)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        content = b"".join(pieces)
        # What a lock keeps has to come with a checksum (PutObject).
        proof: Any = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": base64.b64encode(sha256(content).digest()).decode()}
        with failing():
            self.client.put_object(Bucket=self.bucket, Key=name, Body=content, **(proof if self._locked else {}))

    def delete(self, name: str) -> None:
        raise BackupFailed(f"nothing is deleted of a ledger, and {name} is to be")
