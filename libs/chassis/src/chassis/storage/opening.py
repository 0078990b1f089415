"""The file store that a setting names."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from chassis.storage.base import Blobs
from chassis.storage.local import LocalBlobs


def open_blobs(url: str, secret: str, base_url: str) -> Blobs:
    """The store `url` names: file:///directory or s3://bucket?region=…&endpoint=…&lock=…&lock_days=…&versions=….

    `secret` seals the links of a directory, which the gateway at `base_url` serves; a bucket serves its own.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path:
        return LocalBlobs(Path(unquote(parts.path)), secret, base_url)
    if parts.scheme == "s3" and parts.netloc:
        # A deployment without a bucket does not pay for the AWS libraries.
        from chassis.storage.s3 import S3Blobs

        return S3Blobs(parts.netloc, **{name: values[-1] for name, values in parse_qs(parts.query).items()})
    raise ValueError("a blob store is file:///directory or s3://bucket")
