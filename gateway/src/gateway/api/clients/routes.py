"""Clients, each with the figures scheduling has about their appointments."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import clients_pb2 as pb
from caseload.scheduling.v1 import appointments_pb2 as scheduling
from gateway.api.clients import schemas as shapes
from gateway.api.responses import nothing, page_reply, reply
from gateway.mapping import moment, render, to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn, Visit

router = noun("/clients", "clients")


@router.post("", response_model=shapes.Client, status_code=201)
async def create_client(body: shapes.ClientCreate, at: SignedIn) -> Response:
    # Nobody has had an appointment before being a client: the figures need no asking.
    return reply(await at.services.clients.CreateClient(to_proto(body, pb.CreateClientRequest), at.call), 201)


@router.get("", response_model=shapes.ClientPage)
async def list_clients(query: Annotated[shapes.ClientQuery, Query()], at: SignedIn) -> Response:
    """By last, then first name; the appointment figures are there when asked for with include_appointments."""
    page = await at.services.clients.ListClients(to_proto(query, pb.ListClientsRequest), at.call)
    items = [render(client) for client in page.items]
    if query.include_appointments and items:
        add_figures(items, await ask_figures(at, [item["id"] for item in items]))
    return page_reply(page, query, items)


@router.get("/{client_id}", response_model=shapes.Client)
async def get_client(client_id: UUID, at: SignedIn) -> Response:
    request = pb.GetClientRequest(client_id=str(client_id))
    client, figures = await asyncio.gather(at.services.clients.GetClient(request, at.call), ask_figures(at, [str(client_id)]))
    return _with_figures(client, figures)


@router.put("/{client_id}", response_model=shapes.Client)
async def update_client(client_id: UUID, body: shapes.ClientUpdate, at: SignedIn) -> Response:
    request = to_proto(body, pb.UpdateClientRequest, client_id=client_id)
    # The figures first: once the client has been changed, no other service's silence may call it a failure.
    figures = await ask_figures(at, [str(client_id)])
    return _with_figures(await at.services.clients.UpdateClient(request, at.call), figures)


@router.delete("/{client_id}", status_code=204)
async def deactivate_client(client_id: UUID, at: SignedIn) -> Response:
    """The client is kept, no longer active."""
    await at.services.clients.DeactivateClient(pb.DeactivateClientRequest(client_id=str(client_id)), at.call)
    return nothing()


@router.delete("/{client_id}/permanent", status_code=204)
async def erase_client(client_id: UUID, at: SignedIn) -> Response:
    """The client and all that hangs on it, in every service."""
    await at.services.clients.EraseClient(pb.EraseClientRequest(client_id=str(client_id)), at.call)
    return nothing()


async def ask_figures(at: Visit, client_ids: Sequence[str]) -> dict[str, scheduling.Figures]:
    """What scheduling knows about each of the clients, in one question."""
    told = await at.services.appointments.GetFigures(scheduling.GetFiguresRequest(client_ids=client_ids), at.reading)
    return {figures.client_id: figures for figures in told.items}


def add_figures(clients: Sequence[dict[str, Any]], known: dict[str, scheduling.Figures]) -> None:
    for client in clients:
        figures = known.get(client["id"])
        if figures is None:
            continue
        if figures.HasField("next_appointment"):
            client["next_appointment"] = moment(figures.next_appointment)
        if figures.HasField("last_appointment"):
            client["last_appointment"] = moment(figures.last_appointment)
        client["appointment_count"] = figures.appointment_count


def _with_figures(client: pb.Client, known: dict[str, scheduling.Figures]) -> Response:
    rendered = render(client)
    add_figures([rendered], known)
    return reply(rendered)
