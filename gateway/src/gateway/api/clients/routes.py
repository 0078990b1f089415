"""Clients, each with the counters that scheduling keeps of their appointments."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import clients_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2 as scheduling
from chassis.client_archive.record import add_figures
from gateway.api.clients import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.api.workspace_facts import workspace_facts
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.request import GatewayRequest
from gateway.routing.nouns import noun_router

router = noun_router("/clients", "clients")

NOTHING_CLINICAL = {"medical_history": None, "notes": None}


@router.post("", response_model=schemas.Client, status_code=201)
async def create_client(body: schemas.ClientCreate, request: SignedInRequest) -> Response:
    client = await request.stubs.clients.CreateClient(to_proto(body, pb.CreateClientRequest), request.context)
    # A new client has no appointments, so scheduling need not be asked.
    return json_response(_shown(client, request) | {"appointment_count": 0}, 201)


@router.get("", response_model=schemas.ClientPage)
async def list_clients(query: Annotated[schemas.ClientQuery, Query()], request: SignedInRequest) -> Response:
    """By last, then first name. The appointment figures are null unless include_appointments is true.

    `search` is the beginnings of a client's names in any order, or a whole e-mail address, phone number or external_id. A birth date in it, as 1980-02-03 or as the
    workspace writes it (03.02.1980), leaves only those who were born on that day.
    """
    message = to_proto(query, pb.ListClientsRequest)
    if any(map(str.isdecimal, message.search)):
        # How numbers and days are written depends on where.
        facts = await workspace_facts(request)
        message.locale, message.time_zone = facts.locale, facts.time_zone.key
    page = await request.stubs.clients.ListClients(message, request.context)
    items = [_shown(client, request) for client in page.items]
    if query.include_appointments and items:
        add_counters(items, await get_counters(request, [item["id"] for item in items]))
    return page_response(page, query, items)


@router.get("/{client_id}", response_model=schemas.Client)
async def get_client(client_id: UUID, request: SignedInRequest) -> Response:
    message = pb.GetClientRequest(client_id=str(client_id))
    client, counters = await asyncio.gather(
        request.stubs.clients.GetClient(message, request.context), get_counters(request, [str(client_id)])
    )
    return _with_counters(client, counters, request)


@router.put("/{client_id}", response_model=schemas.Client)
async def update_client(client_id: UUID, body: schemas.ClientUpdate, request: SignedInRequest) -> Response:
    message = to_proto(body, pb.UpdateClientRequest, client_id=client_id)
    # The counters first: if scheduling fails, the request fails before the client is changed.
    counters = await get_counters(request, [str(client_id)])
    return _with_counters(await request.stubs.clients.UpdateClient(message, request.context), counters, request)


@router.delete("/{client_id}", status_code=204)
async def deactivate_client(client_id: UUID, request: SignedInRequest) -> Response:
    """Sets is_active to false; the client is kept."""
    await request.stubs.clients.DeactivateClient(pb.DeactivateClientRequest(client_id=str(client_id)), request.context)
    return no_content()


@router.delete("/{client_id}/permanent", status_code=204)
async def erase_client(client_id: UUID, request: SignedInRequest) -> Response:
    """Deletes the client and everything that belongs to it, in every service. It is gone for every reader at once; the job at `Location` says how far the services are."""
    reply = await request.stubs.clients.EraseClient(pb.EraseClientRequest(client_id=str(client_id)), request.context)
    return no_content({"location": f"/api/v1/jobs/{reply.job_id}"})


async def get_counters(request: GatewayRequest, client_ids: Sequence[str]) -> dict[str, scheduling.Figures]:
    """The counters of all the clients by their ids, in one call."""
    reply = await request.stubs.appointments.GetFigures(scheduling.GetFiguresRequest(client_ids=client_ids), request.context)
    return {counters.client_id: counters for counters in reply.items}


def add_counters(clients: Sequence[dict[str, Any]], known: dict[str, scheduling.Figures]) -> None:
    for client in clients:
        counters = known.get(client["id"])
        if counters is not None:
            add_figures(client, counters)


async def with_counters(request: GatewayRequest, client: pb.Client, headers: Mapping[str, str]) -> Response:
    """The client, as the caller may see it, with the counters of its appointments."""
    rendered = _shown(client, request)
    add_counters([rendered], await get_counters(request, [client.id]))
    return json_response(rendered, headers=headers)


def _shown(client: pb.Client, request: GatewayRequest) -> dict[str, Any]:
    """The client as the caller may see it. The service leaves out what it is not to see; this holds, whatever a service answers."""
    shown = render(client)
    return shown if request.has_scope("clients:phi") else shown | NOTHING_CLINICAL


def _with_counters(client: pb.Client, known: dict[str, scheduling.Figures], request: GatewayRequest) -> Response:
    rendered = _shown(client, request)
    add_counters([rendered], known)
    return json_response(rendered)
