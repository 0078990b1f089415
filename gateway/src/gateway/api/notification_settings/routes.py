"""What the caller wants to be mailed about their own work."""

from starlette.responses import Response

from caseload.notifications.v1 import notification_settings_pb2 as pb
from gateway.api.notification_settings import schemas
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/users/me/notification-settings", "notification settings")


@router.get("", response_model=schemas.NotificationSettings, responses={404: {}})
async def get_notification_settings(request: SignedInRequest) -> Response:
    """What holds where the caller has set nothing, too. An API key has none."""
    return json_response(
        await request.stubs.notification_settings.GetNotificationSettings(pb.GetNotificationSettingsRequest(), request.context)
    )


@router.put("", response_model=schemas.NotificationSettings, responses={404: {}})
async def set_notification_settings(body: schemas.NotificationSettingsUpdate, request: SignedInRequest) -> Response:
    """Changes the members that are given. Mails about appointments say when they are, and nothing of any client."""
    message = to_proto(body, pb.SetNotificationSettingsRequest)
    return json_response(await request.stubs.notification_settings.SetNotificationSettings(message, request.context))
