"""Former versions of a bucket's files: kept for some days, so that files can be put back as they were at a moment."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT = "kept"
_OURS = "caseload-former-versions"
_NO_RULES = "NoSuchLifecycleConfiguration"


def keep(client: "S3Client", bucket: str, days: str) -> None:
    """Turns versions on; those that are over are deleted after so many days, or never (`kept`). Other rules of the bucket stay."""
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    if days == KEPT:
        return
    try:
        rules: list[Any] = list(client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != _NO_RULES:
            raise
        rules = []
    ours = {
        "ID": _OURS,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": int(days)},
        # A deletion leaves a marker, which means nothing once the versions below it are gone.
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    wanted = [*(rule for rule in rules if rule.get("ID") != _OURS), ours]
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": wanted})


@dataclass(frozen=True, slots=True)
class AsOf:
    """How many files were put back, how many were as they are to be, and how many came later: those stay, and a service deletes what no row names."""

    put_back: int
    unchanged: int
    later: int


def copied(client: "S3Client", bucket: str, key: str, version: str) -> None:
    """Makes a former version of a file the current one."""
    client.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": key, "VersionId": version})


def put_back(client: "S3Client", bucket: str, moment: datetime, make_current: Callable[["S3Client", str, str, str], None] = copied) -> AsOf:
    """Makes what was current at the moment current again; safe to repeat. Nothing is deleted."""
    restored = unchanged = later = 0
    for key, versions in _histories(client, bucket):
        then = next((version for version in versions if version["LastModified"] <= moment), None)
        if then is None:
            later += 1
        elif then["ETag"] in {None, versions[0]["ETag"]}:
            unchanged += 1
        else:
            make_current(client, bucket, key, then["VersionId"])
            restored += 1
    return AsOf(restored, unchanged, later)


def _histories(client: "S3Client", bucket: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each file's versions, the newest first; a deletion is a version without an ETag. A page ends with a whole version, not with a whole file."""
    last = ""
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions: list[Any] = [*page.get("Versions", ()), *({**marker, "ETag": None} for marker in page.get("DeleteMarkers", ()))]
        for version in versions:
            held[version["Key"]].append(version)
        last = max(held, default="")
        for key in sorted(held):
            if key != last:
                yield key, _newest_first(held.pop(key))
    if last:
        yield last, _newest_first(held[last])


def _newest_first(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # A store's clock counts seconds: of two in one second the newest is the one that it says is.
    return sorted(versions, key=lambda version: (version["LastModified"], version["IsLatest"]), reverse=True)
