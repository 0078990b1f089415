"""How the clients of a workspace pay. Nothing is charged: payments are recorded with their appointments."""

from starlette.responses import Response

from caseload.scheduling.v1 import payments_pb2 as pb
from gateway.api.payments import schemas
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/payments", "payments")


@router.get("/config", response_model=schemas.PaymentSettings)
async def get_payment_settings(request: SignedInRequest) -> Response:
    return json_response(render(await request.stubs.payments.GetPaymentSettings(pb.GetPaymentSettingsRequest(), request.context)))


@router.put("/config", response_model=schemas.PaymentSettings)
async def set_payment_settings(body: schemas.PaymentSettingsUpdate, request: SignedInRequest) -> Response:
    """Replaces all of them: what is left out is cleared."""
    message = to_proto(body, pb.SetPaymentSettingsRequest)
    return json_response(render(await request.stubs.payments.SetPaymentSettings(message, request.context)))
