"""Converts alerts from and to rows. Title and description are sealed."""

from collections.abc import Mapping
from typing import Any

from caseload.notifications.v1 import alerts_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from notifications.tables import alerts

ALERTS = SealedTable(alerts)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Alert:
    return ALERTS.open(row, keys, into=fill(pb.Alert(), row))
