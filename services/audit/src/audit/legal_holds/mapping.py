"""Converts legal holds from and to rows. The reason is sealed."""

from collections.abc import Mapping
from typing import Any

from audit.tables import legal_holds
from caseload.audit.v1 import legal_holds_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable, Witness
from chassis.protobuf.fields import fill

HOLDS = SealedTable(legal_holds)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.LegalHold:
    return HOLDS.open(row, keys, into=fill(pb.LegalHold(), row))


def seal(reason: str, keys: WorkspaceKeys, row: Mapping[str, Any], witness: Witness) -> bytes:
    """The sealed value of the row that a statement is about to leave."""
    return HOLDS.seal(pb.LegalHold(reason=reason), keys, row, witness)
