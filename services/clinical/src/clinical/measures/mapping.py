"""Converts measures from and to rows. Name and value are sealed, and the sealed value is bound to the row's other columns."""

from collections.abc import Mapping
from typing import Any

from caseload.clinical.v1 import measures_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from clinical.tables import measures

MEASURES = SealedTable(measures)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Measure:
    return MEASURES.open(row, keys, into=fill(pb.Measure(), row))
