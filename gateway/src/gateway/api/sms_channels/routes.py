"""Where a workspace's text messages are handed over, to whoever sends them."""

from starlette.responses import Response

from caseload.notifications.v1 import sms_channels_pb2 as pb
from gateway.api.responses import json_response, no_content
from gateway.api.sms_channels import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/reminders/channels/sms", "reminders")


@router.get("", response_model=schemas.SmsChannel, responses={404: {}})
async def get_sms_channel(request: SignedInRequest) -> Response:
    """404 where nobody has configured one."""
    return json_response(await request.stubs.sms_channels.GetSmsChannel(pb.GetSmsChannelRequest(), request.context))


@router.put("", response_model=schemas.SmsChannelWithSecret)
async def set_sms_channel(body: schemas.SmsChannelUpdate, request: SignedInRequest) -> Response:
    """From now on reminders whose channel is `sms` are handed over there. The first request shows this once the secret that those are signed with."""
    return _with_secret(await request.stubs.sms_channels.SetSmsChannel(to_proto(body, pb.SetSmsChannelRequest), request.context))


@router.delete("", status_code=204, responses={404: {}})
async def delete_sms_channel(request: SignedInRequest) -> Response:
    """Reminders by text message are `skipped` with `sms_channel_off` from now on. A channel that is set anew has another secret."""
    await request.stubs.sms_channels.DeleteSmsChannel(pb.DeleteSmsChannelRequest(), request.context)
    return no_content()


@router.post("/rotate-secret", response_model=schemas.SmsChannelWithSecret, responses={404: {}})
async def rotate_sms_secret(request: SignedInRequest) -> Response:
    """Shows this once the new secret. For a day the former one signs as well; until then 409 `secret_rotated_lately`."""
    return _with_secret(await request.stubs.sms_channels.RotateSmsSecret(pb.RotateSmsSecretRequest(), request.context))


def _with_secret(reply: pb.SmsChannelWithSecret) -> Response:
    return json_response(render(reply.channel) | {"secret": reply.secret if reply.HasField("secret") else None})
