"""B2, a bare endpoint: FastAPI and asyncpg with the same queries and the same decryption, and nothing else.

`python -m bench.endpoint dataset.json port`
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI, Request, Response

from bench.bare import Bare
from bench.dataset import Dataset
from bench.serving import serve
from gateway.api.appointments.schemas import AppointmentCreate
from gateway.api.sessions.schemas import DraftUpdate

JSON = "application/json"


def build(dataset: Dataset) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Bare.open(dataset) as app.state.bare:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/v1/clients/{client_id}")
    async def get_client(client_id: UUID, request: Request) -> Response:
        return Response(await request.app.state.bare.get_client(client_id), media_type=JSON)

    @app.get("/api/v1/clients")
    async def list_clients(page: int, page_size: int, request: Request) -> Response:
        return Response(await request.app.state.bare.list_clients(page), media_type=JSON)

    @app.get("/api/v1/users")
    async def list_users(page: int, page_size: int, request: Request) -> Response:
        return Response(await request.app.state.bare.list_users(page), media_type=JSON)

    @app.post("/api/v1/appointments")
    async def book(body: AppointmentCreate, request: Request) -> Response:
        made = await request.app.state.bare.book(body.client_id, body.scheduled_start, body.scheduled_end, body.location_type)
        return Response(made, 201, media_type=JSON)

    @app.get("/api/v1/appointments")
    async def week(start_date: datetime, end_date: datetime, request: Request) -> Response:
        return Response(await request.app.state.bare.week(start_date, end_date), media_type=JSON)

    @app.patch("/api/v1/sessions/{session_id}/draft")
    async def autosave(session_id: UUID, body: DraftUpdate, request: Request) -> Response:
        changes = {name: getattr(body, name) for name in body.model_fields_set}
        return Response(await request.app.state.bare.autosave(session_id, changes), media_type=JSON)

    @app.get("/api/v1/clients/{client_id}/timeline")
    async def timeline(client_id: UUID, limit: int, request: Request) -> Response:
        return Response(await request.app.state.bare.timeline(client_id), media_type=JSON)

    return app


if __name__ == "__main__":
    serve(build(Dataset.load(sys.argv[1])), int(sys.argv[2]))
