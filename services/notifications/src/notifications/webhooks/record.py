"""Webhooks as messages, and what is sealed of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from caseload.notifications.v1 import webhooks_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill


def seal(sealed: pb.SealedWebhook, keys: WorkspaceKeys, webhook_id: UUID, version: int) -> bytes:
    return keys.seal_bytes(sealed.SerializeToString(), **_place(webhook_id, version))


def open_sealed(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.SealedWebhook:
    """SealBroken where the row is not as it was written."""
    return pb.SealedWebhook.FromString(keys.open_bytes(row["sealed"], **_place(row["id"], row["version"])))


def _place(webhook_id: UUID, version: int) -> dict[str, Any]:
    return {"table": "webhooks", "row": webhook_id, "revision": version}


def to_proto(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Webhook:
    message = fill(pb.Webhook(), row)
    message.url = open_sealed(row, keys).url
    return message


def secrets(row: Mapping[str, Any], sealed: pb.SealedWebhook, *, now: datetime) -> list[str]:
    """Those that sign now, the newest first."""
    is_former_good = row["former_until"] is not None and now < row["former_until"]
    return [sealed.secret, *([sealed.former_secret] if is_former_good else [])]
