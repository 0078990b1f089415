"""Alerts, whom they are told to while nobody answers, and the report."""

from contextlib import ExitStack
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from caseload.notifications.v1 import alert_rules_pb2, escalation_policies_pb2
from caseload.notifications.v1 import alerts_pb2 as pb
from gateway.api.alerts import schemas
from gateway.api.responses import json_response, page_response
from gateway.api.time_range import time_range
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router
from gateway.streams.response import STREAM, AlertStreamResponse
from gateway.streams.stream import AlertStream

router = noun_router("/alerts", "alerts")


@router.post("", response_model=schemas.Alert, status_code=201)
async def raise_alert(body: schemas.AlertCreate, request: SignedInRequest) -> Response:
    """Everybody who sees the department is told at once by the stream; the escalation policy of its priority says who else, and when."""
    return json_response(await request.stubs.alerts.RaiseAlert(to_proto(body, pb.RaiseAlertRequest), request.context), 201)


@router.get("", response_model=schemas.AlertPage)
async def list_alerts(query: Annotated[schemas.AlertQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first: those of the whole house, of the caller's department and the caller's own; with `alerts:oversee`, of every department."""
    return page_response(await request.stubs.alerts.ListAlerts(to_proto(query, pb.ListAlertsRequest), request.context), query)


@router.get("/active", response_model=list[schemas.Alert])
async def list_active_alerts(request: SignedInRequest) -> Response:
    """Those that nobody has answered and that the caller sees, most urgent first: up to 500."""
    found = await request.stubs.alerts.ListActiveAlerts(pb.ListActiveAlertsRequest(), request.context)
    return json_response([render(alert) for alert in found.items])


@router.get("/stream", openapi_extra=STREAM, response_class=StreamingResponse)
async def stream_alerts(http: Request, request: SignedInRequest, last_event_id: Annotated[str | None, Header()] = None) -> Response:
    """Server-sent events: `reset` with all active alerts, then `alert` with each change (`{change, alert}`) of what the caller's role and department may see.

    With `Last-Event-ID` it goes on after that event, and begins with `reset` only where that cannot be done. A `heartbeat` comes every 15 seconds in which
    nothing else does. It ends with the access token, after five minutes at most: a browser comes back by itself, and misses nothing. Open one per browser.
    """
    with ExitStack() as admitted:
        admitted.enter_context(http.app.state.streams_at_once.admit(request.caller))
        caller, streams = request.caller, http.app.state.alert_streams
        stream = AlertStream(caller.workspace_id, caller.user_id, caller.token)
        await streams.open(stream, last_event_id, request.context)
        return AlertStreamResponse(streams, stream, admitted.pop_all())


@router.get("/escalation-policy", response_model=schemas.EscalationPolicy)
async def get_escalation_policy(query: Annotated[schemas.PolicyQuery, Query()], request: SignedInRequest) -> Response:
    """The policy in force: the priority's own, else the workspace's default, else the one that Caseload comes with."""
    message = to_proto(query, escalation_policies_pb2.GetPolicyRequest)
    return json_response(await request.stubs.escalation_policies.GetPolicy(message, request.context))


@router.put("/escalation-policy", response_model=schemas.EscalationPolicy)
async def set_escalation_policy(
    query: Annotated[schemas.PolicyQuery, Query()], body: schemas.EscalationPolicyUpdate, request: SignedInRequest
) -> Response:
    """Alerts that were raised before keep the policy that was in force then. The policy `default` is of every priority without one of its own."""
    levels = [to_proto(level, escalation_policies_pb2.EscalationLevel) for level in body.levels]
    message = to_proto(body, escalation_policies_pb2.SetPolicyRequest, priority=query.priority, levels=levels)
    return json_response(await request.stubs.escalation_policies.SetPolicy(message, request.context))


@router.get("/rules", response_model=list[schemas.AlertRule])
async def list_alert_rules(request: SignedInRequest) -> Response:
    """What becomes of each thing that happens by itself: the workspace's own rule, or the one that Caseload comes with."""
    found = await request.stubs.alert_rules.ListAlertRules(alert_rules_pb2.ListAlertRulesRequest(), request.context)
    return json_response([render(rule) for rule in found.items])


@router.put("/rules", response_model=schemas.AlertRule)
async def set_alert_rule(query: Annotated[schemas.RuleQuery, Query()], body: schemas.AlertRuleUpdate, request: SignedInRequest) -> Response:
    """Of what happens from now on. While an alert of a happening is open, there is no second one: what happens while somebody sees to it is mailed. Its `created_by` is the workspace's own id."""
    message = to_proto(body, alert_rules_pb2.SetAlertRuleRequest, happening=query.happening)
    return json_response(await request.stubs.alert_rules.SetAlertRule(message, request.context))


@router.get("/report", response_model=schemas.AlertReport, responses={404: {}})
async def get_alert_report(query: Annotated[schemas.ReportQuery, Query()], request: SignedInRequest) -> Response:
    """Of the alerts that were raised in the period, by default the last 30 days; drills, and what rules have raised, are left out. A year at most.

    start_date and end_date are moments (the end exclusive) or whole days in the workspace's time zone.
    """
    dates = await time_range(request, query.start_date, query.end_date)
    message = to_proto(query, pb.GetAlertReportRequest, **dates)
    return json_response(await request.stubs.alerts.GetAlertReport(message, request.context))


@router.get("/{alert_id}", response_model=schemas.Alert)
async def get_alert(alert_id: UUID, request: SignedInRequest) -> Response:
    return json_response(await request.stubs.alerts.GetAlert(pb.GetAlertRequest(alert_id=str(alert_id)), request.context))


@router.post("/{alert_id}/acknowledge", response_model=schemas.Alert)
async def acknowledge_alert(alert_id: UUID, request: SignedInRequest, body: schemas.Acknowledgement | None = None) -> Response:
    """The caller sees to it. Of two who do at the same time one gets 409, with `acknowledged_by`. With `take_over` it is taken from whoever sees to it."""
    message = pb.AcknowledgeAlertRequest(alert_id=str(alert_id), take_over=body is not None and body.take_over)
    return json_response(await request.stubs.alerts.AcknowledgeAlert(message, request.context))


@router.post("/{alert_id}/resolve", response_model=schemas.Alert)
async def resolve_alert(alert_id: UUID, request: SignedInRequest) -> Response:
    """What it was about is over, whether somebody had acknowledged it or not, and whoever that was. It does not change any more."""
    return json_response(await request.stubs.alerts.ResolveAlert(pb.ResolveAlertRequest(alert_id=str(alert_id)), request.context))


@router.post("/{alert_id}/cancel", response_model=schemas.Alert)
async def cancel_alert(alert_id: UUID, request: SignedInRequest) -> Response:
    """For a false alarm, acknowledged or not. It does not change any more."""
    return json_response(await request.stubs.alerts.CancelAlert(pb.CancelAlertRequest(alert_id=str(alert_id)), request.context))


@router.post("/{alert_id}/escalate", response_model=schemas.Alert)
async def escalate_alert(alert_id: UUID, request: SignedInRequest, body: schemas.Escalation | None = None) -> Response:
    """Goes on to the next level at once; the last one is told again. One that somebody sees to is `active` again: help is called for, until somebody answers.

    Of two who do at the same time one gets 409 `alert_already_escalated`, with `escalated_by`, and so does whoever names in `seen_level` another level than it has.
    """
    message = pb.EscalateAlertRequest(alert_id=str(alert_id), seen_level=None if body is None else body.seen_level)
    return json_response(await request.stubs.alerts.EscalateAlert(message, request.context))


@router.get("/{alert_id}/escalations", response_model=list[schemas.AlertEscalation])
async def list_alert_escalations(alert_id: UUID, request: SignedInRequest) -> Response:
    """Oldest first. `no_response`: at the level before there was nobody to be told."""
    found = await request.stubs.alerts.ListEscalations(pb.ListEscalationsRequest(alert_id=str(alert_id)), request.context)
    return json_response([render(step) for step in found.items])
