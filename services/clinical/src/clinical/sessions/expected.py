"""Which version of a note a request was made on."""

from typing import TypeAlias

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.db.transaction import Record
from clinical.sessions import rules

Request: TypeAlias = pb.SaveSessionRequest | pb.SaveDraftRequest | pb.FinalizeSessionRequest | pb.UnfinalizeSessionRequest


def seen(request: Request, row: Record) -> int | None:
    """The version whose content the caller saw; None for any version."""
    if not request.HasField("expected_version"):
        return None
    return rules.seen_version(request.expected_version, row["version"], row["detached_version"])
