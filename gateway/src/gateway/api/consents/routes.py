"""What clients agree to, and what they take back."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import consents_pb2 as pb
from gateway.api.consents import schemas
from gateway.api.fields import PageQuery
from gateway.api.responses import json_response, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/clients/{client_id}/consents", "consents")


@router.post("", response_model=schemas.Consent, status_code=201)
async def give_consent(client_id: UUID, body: schemas.ConsentCreate, request: SignedInRequest) -> Response:
    """A record of its own, also where there is one of the same purpose. A consent to be treated sets the client's consent_status."""
    message = to_proto(body, pb.GiveConsentRequest, client_id=client_id)
    return json_response(await request.stubs.consents.GiveConsent(message, request.context), 201)


@router.get("", response_model=schemas.ConsentPage)
async def list_consents(client_id: UUID, query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """The newest record first, withdrawn ones too."""
    message = to_proto(query, pb.ListConsentsRequest, client_id=client_id)
    return page_response(await request.stubs.consents.ListConsents(message, request.context), query)


@router.post("/{consent_id}/withdraw", response_model=schemas.Consent)
async def withdraw_consent(client_id: UUID, consent_id: UUID, request: SignedInRequest) -> Response:
    """Withdraws it with every other one of its purpose that is in force: from then on the client has not agreed. A withdrawal of the consent to
    reminders stops them; one of the consent to be treated clears the client's consent_status. Giving it again makes a new record.
    """
    message = pb.WithdrawConsentRequest(client_id=str(client_id), consent_id=str(consent_id))
    return json_response(await request.stubs.consents.WithdrawConsent(message, request.context))
