"""Converts consents from and to rows. The version of the text is sealed, and the sealed value is bound to the row's other columns."""

from collections.abc import Mapping
from typing import Any

from caseload.clients.v1 import consents_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from clients.tables import consents

CONSENTS = SealedTable(consents)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Consent:
    return CONSENTS.open(row, keys, into=fill(pb.Consent(), row))
