"""Webhooks, by which a workspace's own systems are told of what happens in it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.notifications.v1 import webhooks_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.responses import json_response, no_content, page_response
from gateway.api.webhooks import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/webhooks", "webhooks")


@router.post("", response_model=schemas.CreatedWebhook, status_code=201)
async def create_webhook(body: schemas.WebhookCreate, request: SignedInRequest) -> Response:
    """From now on the address is told of these events. Shows this once the secret that its requests are signed with, as Standard Webhooks has it."""
    return _with_secret(await request.stubs.webhooks.CreateWebhook(to_proto(body, pb.CreateWebhookRequest), request.context), 201)


@router.get("", response_model=schemas.WebhookPage)
async def list_webhooks(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first."""
    return page_response(await request.stubs.webhooks.ListWebhooks(to_proto(query, pb.ListWebhooksRequest), request.context), query)


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: UUID, request: SignedInRequest) -> Response:
    """Its deliveries are deleted, too; none of them is sent any more."""
    await request.stubs.webhooks.DeleteWebhook(pb.DeleteWebhookRequest(webhook_id=str(webhook_id)), request.context)
    return no_content()


@router.post("/{webhook_id}/enable", response_model=schemas.Webhook)
async def enable_webhook(webhook_id: UUID, request: SignedInRequest) -> Response:
    """One that was disabled is sent messages again, from now on; one that was not stays as it is."""
    return json_response(await request.stubs.webhooks.EnableWebhook(pb.EnableWebhookRequest(webhook_id=str(webhook_id)), request.context))


@router.post("/{webhook_id}/rotate-secret", response_model=schemas.CreatedWebhook)
async def rotate_webhook_secret(webhook_id: UUID, request: SignedInRequest) -> Response:
    """Shows this once the new secret. For a day the former one signs as well; until then 409 `secret_rotated_lately`."""
    return _with_secret(await request.stubs.webhooks.RotateSecret(pb.RotateSecretRequest(webhook_id=str(webhook_id)), request.context), 200)


@router.get("/{webhook_id}/deliveries", response_model=schemas.WebhookDeliveryPage)
async def list_webhook_deliveries(webhook_id: UUID, query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """Newest first."""
    message = to_proto(query, pb.ListDeliveriesRequest, webhook_id=webhook_id)
    return page_response(await request.stubs.webhooks.ListDeliveries(message, request.context), query)


@router.post("/{webhook_id}/deliveries/{delivery_id}/retry", response_model=schemas.WebhookDelivery)
async def retry_webhook_delivery(webhook_id: UUID, delivery_id: UUID, request: SignedInRequest) -> Response:
    """Sends it now, and again if it was delivered before. 409 `webhook_disabled` for a webhook that was disabled."""
    message = pb.RetryDeliveryRequest(webhook_id=str(webhook_id), delivery_id=str(delivery_id))
    return json_response(await request.stubs.webhooks.RetryDelivery(message, request.context))


def _with_secret(reply: pb.WebhookWithSecret, status: int) -> Response:
    return json_response(render(reply.webhook) | {"secret": reply.secret}, status)
