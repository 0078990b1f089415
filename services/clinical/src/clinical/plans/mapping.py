"""Converts plans and their versions from and to rows. What they say is sealed, and the sealed value is bound to the row's other columns."""

from collections.abc import Mapping
from typing import Any

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import plans_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given
from chassis.work.unit_of_work import UnitOfWork
from clinical.plans import rules
from clinical.tables import plan_versions, plans

PLANS = SealedTable(plans)
VERSIONS = SealedTable(plan_versions)


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Plan:
    return PLANS.open(row, keys, into=fill(pb.Plan(), row))


def values(plan: pb.Plan) -> dict[str, Any]:
    """What people may change of a plan, as Python values."""
    everything = given(plan)
    return {name: everything[name] for name in rules.TEXTS} | {"status": enum_text(pb.PlanStatus, plan.status)}


def new_row(plan_id: str, client_id: str, work: UnitOfWork) -> dict[str, Any]:
    """The row of a new plan, without the sealed value."""
    unset = dict.fromkeys(PLANS.declared.bound)
    times = dict.fromkeys(("created_at", "updated_at"), work.now)
    return {**unset, "id": plan_id, "version": 1, "client_id": client_id, "status": rules.ACTIVE, **times}


def changed_row(row: Mapping[str, Any], work: UnitOfWork, **changes: Any) -> dict[str, Any]:
    """The row as the statement that gets it will leave it, without the sealed value."""
    return {**row, "version": row["version"] + 1, "updated_at": work.now, **changes}


def seal(content: Mapping[str, Any], keys: WorkspaceKeys, row: Mapping[str, Any], work: UnitOfWork) -> bytes:
    """The sealed value of the row that a statement is about to leave."""
    return PLANS.seal(fill(pb.Plan(), _texts(content)), keys, row, work)


def to_version_columns(content: Mapping[str, Any], row: Mapping[str, Any], keys: WorkspaceKeys, work: UnitOfWork) -> dict[str, Any]:
    """The columns of an immutable version: what the plan says once it has this row."""
    version = {
        "id": uuid7(),
        "plan_id": row["id"],
        "version_number": row["version"],
        "status": row["status"],
        "created_by_user_id": work.user_id,
        "created_at": work.now,
    }
    return {**version, "sealed": VERSIONS.seal(fill(pb.PlanVersion(), _texts(content)), keys, version, work)}


def version_from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.PlanVersion:
    return VERSIONS.open(row, keys, into=fill(pb.PlanVersion(), row))


def _texts(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in rules.TEXTS}
