"""When reminders may go out, and what clients may do by a link in one."""

from starlette.responses import Response

from caseload.notifications.v1 import reminder_policies_pb2 as pb
from gateway.api.reminder_policies import schemas
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/reminders/policy", "reminders")


@router.get("", response_model=schemas.ReminderPolicy)
async def get_reminder_policy(request: SignedInRequest) -> Response:
    return json_response(await request.stubs.reminder_policies.GetReminderPolicy(pb.GetReminderPolicyRequest(), request.context))


@router.put("", response_model=schemas.ReminderPolicy)
async def set_reminder_policy(body: schemas.ReminderPolicyUpdate, request: SignedInRequest) -> Response:
    """Replaces all of it. A reminder that is due in quiet hours goes out when they are over, or before they begin if that would be too late."""
    message = to_proto(body, pb.SetReminderPolicyRequest)
    return json_response(await request.stubs.reminder_policies.SetReminderPolicy(message, request.context))
