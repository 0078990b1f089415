"""Which events are asked for: the filters of a list, which an export has as well."""

from typing import Any, TypeAlias

from audit.trail import rules, vocabulary
from caseload.audit.v1 import events_pb2, exports_pb2, trail_pb2
from chassis.protobuf.enums import enum_text
from chassis.protobuf.timestamps import to_datetime

Asked: TypeAlias = trail_pb2.ListAuditEventsRequest | exports_pb2.OrderAuditExportRequest


def read_filters(request: Asked) -> dict[str, Any]:
    """The filters of the request as parameters of the store's statements. Raises Invalid."""
    filters: dict[str, Any] = {}
    if request.HasField("user_id"):
        filters["user_id"] = request.user_id
    if request.HasField("resource_type"):
        filters["resource_type"] = rules.check_choice(request.resource_type, vocabulary.RESOURCE_TYPES, "resource_type")
    if request.phi_only:
        filters["excluded_types"] = vocabulary.TYPES_WITHOUT_PHI
    if request.HasField("resource_id"):
        filters["resource_id"] = request.resource_id
    if request.HasField("action"):
        filters["action"] = rules.check_choice(request.action, vocabulary.ACTIONS, "action")
    if request.HasField("outcome"):
        filters["outcome"] = enum_text(events_pb2.Outcome, request.outcome)
    if request.HasField("start_date"):
        filters["start"] = to_datetime(request.start_date)
    if request.HasField("end_date"):
        filters["end"] = to_datetime(request.end_date)
    return filters
