"""A workspace's channel for text messages as a message, and what is sealed of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caseload.notifications.v1 import sms_channels_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill


def seal(sealed: pb.SealedSmsChannel, keys: WorkspaceKeys, version: int) -> bytes:
    return keys.seal_bytes(sealed.SerializeToString(), **_place(keys, version))


def open_sealed(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.SealedSmsChannel:
    """SealBroken where the row is not as it was written."""
    return pb.SealedSmsChannel.FromString(keys.open_bytes(row["sealed"], **_place(keys, row["version"])))


def _place(keys: WorkspaceKeys, version: int) -> dict[str, Any]:
    return {"table": "sms_channels", "row": keys.workspace_id, "revision": version}


def to_proto(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.SmsChannel:
    message = fill(pb.SmsChannel(), row)
    message.url = open_sealed(row, keys).url
    return message


def secrets(row: Mapping[str, Any], sealed: pb.SealedSmsChannel, *, now: datetime) -> tuple[str, ...]:
    """Those that sign now, the newest first."""
    is_former_good = row["former_until"] is not None and now < row["former_until"]
    return (sealed.secret, sealed.former_secret) if is_former_good else (sealed.secret,)
