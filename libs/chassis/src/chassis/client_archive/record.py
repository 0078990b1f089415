"""A client's record as an archive has it: with the figures of its appointments."""

from typing import Any

from caseload.clients.v1 import clients_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.client_archive.timeline import Stubs
from chassis.context import RequestContext
from chassis.protobuf.rendering import render, to_datetime


async def read_record(stubs: Stubs, context: RequestContext, client_id: str) -> dict[str, Any]:
    """The record. Last of what may be refused: from here on an export is on record."""
    figures = await stubs.appointments.GetFigures(appointments_pb2.GetFiguresRequest(client_ids=[client_id]), context)
    client = render(await stubs.clients.ExportClient(clients_pb2.ExportClientRequest(client_id=client_id), context))
    for found in figures.items:
        add_figures(client, found)
    return client


def add_figures(client: dict[str, Any], found: appointments_pb2.Figures) -> None:
    if found.HasField("next_appointment"):
        client["next_appointment"] = to_datetime(found.next_appointment)
    if found.HasField("last_appointment"):
        client["last_appointment"] = to_datetime(found.last_appointment)
    client["appointment_count"] = found.appointment_count
