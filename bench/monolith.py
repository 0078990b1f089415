"""B3, a usual monolith: FastAPI, SQLAlchemy's ORM with a session per request, and a response_model per operation.

`python -m bench.monolith dataset.json port`
"""

import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, get_type_hints
from uuid import UUID, uuid4

from asyncpg import Range as DriverRange
from fastapi import Depends, FastAPI, HTTPException, Request
from google.protobuf.message import Message
from pydantic import BaseModel, create_model
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range as OrmRange
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry
from uuid_utils.compat import uuid7

from bench.dataset import PAGE, Dataset
from bench.serving import serve
from bench.unwitnessed import Unwitnessed
from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2
from caseload.scheduling.v1 import appointments_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from clients.clients import mapping as client_mapping
from clients.clients.mapping import CLIENTS
from clients.tables import clients
from clinical.sessions.mapping import NOTES
from clinical.tables import sessions, timeline_events
from gateway.api.appointments import schemas as scheduling_shapes
from gateway.api.appointments.schemas import AppointmentCreate
from gateway.api.clients import schemas as client_shapes
from gateway.api.sessions import schemas as clinical_shapes
from gateway.api.sessions.schemas import DraftUpdate
from gateway.api.timeline import schemas as timeline_shapes
from gateway.mapping import render
from scheduling.appointments.mapping import APPOINTMENTS, new_row
from scheduling.tables import appointments, busy_periods, client_figures

mapped = registry()


def plain_model(shape: type[BaseModel], **other: Any) -> Any:
    """The public model with plain types, as a response model that FastAPI validates and serializes itself."""
    hints = {name: hint for name, hint in get_type_hints(shape).items() if name in shape.model_fields} | other
    fields: dict[str, Any] = {name: (hint, ...) for name, hint in hints.items()}
    return create_model(shape.__name__, **fields)


Client: Any = plain_model(client_shapes.Client)
ClientPage = plain_model(client_shapes.ClientPage, items=list[Client])
Timeline = plain_model(timeline_shapes.Timeline, events=list[plain_model(timeline_shapes.TimelineEvent)])  # type: ignore[misc]
Appointment = plain_model(scheduling_shapes.Appointment, client=Any)
Session = plain_model(clinical_shapes.Session)


class ClientRow:
    """A client as the ORM loads it."""


class CountersRow:
    """The counters of a client's appointments."""


class AppointmentRow:
    """An appointment as the ORM loads it."""


class BusyPeriodRow:
    """A period that somebody is taken in, as the ORM loads it."""


class SessionRow:
    """A note as the ORM loads it."""


class TimelineRow:
    """One timeline event of a note."""


for entity, table in (
    (ClientRow, clients),
    (CountersRow, client_figures),
    (AppointmentRow, appointments),
    (BusyPeriodRow, busy_periods),
    (SessionRow, sessions),
    (TimelineRow, timeline_events),
):
    mapped.map_imperatively(entity, table)


def build(dataset: Dataset) -> FastAPI:  # noqa: PLR0915 - one application in one place, as monoliths are
    workspace = UUID(dataset.workspace_id)
    # Calendars of its own: otherwise the candidates would take each other's slots.
    practitioner, client_calendar = uuid4(), uuid4()
    pages = {number: [UUID(each) for each in ids] for number, ids in dataset.pages}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine(dataset.admin_dsn.replace("postgresql://", "postgresql+asyncpg://"), pool_size=10, max_overflow=0)
        app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
        app.state.keys = await dataset.keys()
        yield
        await engine.dispose()

    async def session(request: Request) -> AsyncIterator[AsyncSession]:
        async with request.app.state.sessions() as opened:
            yield opened

    Db = Annotated[AsyncSession, Depends(session)]  # noqa: N806 - a type
    app = FastAPI(lifespan=lifespan)

    @app.get("/api/v1/clients/{client_id}", response_model=Client)
    async def get_client(client_id: UUID, db: Db) -> Any:
        row = await db.get_one(ClientRow, (workspace, client_id))
        counters = await db.get(CountersRow, (workspace, client_id))
        client = _client(row, app.state.keys["clients"])
        mine = select(appointments.c.scheduled_start).where(
            appointments.c.workspace_id == workspace, appointments.c.client_id == client_id, appointments.c.deleted_at.is_(None)
        )
        upcoming = mine.where(appointments.c.status == "scheduled", appointments.c.scheduled_start > datetime.now(UTC))
        past = mine.where(appointments.c.status == "completed")
        client["next_appointment"] = await db.scalar(upcoming.order_by(appointments.c.scheduled_start).limit(1))
        client["last_appointment"] = await db.scalar(past.order_by(appointments.c.scheduled_start.desc()).limit(1))
        client["appointment_count"] = counters.appointment_count if counters else 0  # type: ignore[attr-defined]
        return client

    @app.get("/api/v1/clients", response_model=ClientPage)
    async def list_clients(page: int, page_size: int, db: Db) -> Any:
        rows: Iterable[Any] = await db.scalars(select(ClientRow).where(clients.c.workspace_id == workspace, clients.c.id.in_(pages[page])))
        found = {row.id: row for row in rows}
        items = [_client(found[each], app.state.keys["clients"]) for each in pages[page]]
        total = await db.scalar(select(func.count()).select_from(ClientRow).where(clients.c.workspace_id == workspace))
        return {"items": items, "total": total, "page": page, "page_size": page_size, "total_pages": -(-total // PAGE)}

    @app.post("/api/v1/appointments", response_model=Appointment, status_code=201)
    async def book(body: AppointmentCreate, db: Db) -> Any:
        made, now, keys = uuid7(), datetime.now(UTC), app.state.keys["scheduling"]
        client: Any = await db.get_one(ClientRow, (workspace, body.client_id))
        overbooked = select(BusyPeriodRow).where(
            busy_periods.c.workspace_id == workspace,
            busy_periods.c.resource_id == practitioner,
            busy_periods.c.overbooked,
            busy_periods.c.starts_at < body.scheduled_end,
            busy_periods.c.ends_at > body.scheduled_start,
        )
        if not client.is_active or await db.scalar(overbooked):
            raise HTTPException(409)
        content = appointments_pb2.Appointment(notes=body.notes)
        row: Any = AppointmentRow()
        for name, value in {
            **body.model_dump(include={"client_id", "scheduled_start", "scheduled_end", "location_type"}),
            "workspace_id": workspace,
            "id": made,
            "practitioner_id": practitioner,
            "during": OrmRange(body.scheduled_start, body.scheduled_end),
            "status": "scheduled",
            "overbooked": False,
            "created_by": practitioner,
            "created_at": now,
            "updated_at": now,
        }.items():
            setattr(row, name, value)
        row.sealed = APPOINTMENTS.seal(content, keys, new_row(_columns(row)), Unwitnessed())
        db.add(row)
        for kind, resource_id in (("client", client_calendar), ("practitioner", practitioner)):
            busy = {"resource_kind": kind, "resource_id": resource_id, "starts_at": body.scheduled_start, "ends_at": body.scheduled_end}
            db.add(_row(BusyPeriodRow, workspace_id=workspace, owner_kind="appointment", owner_id=made, overbooked=False, **busy))
        await db.commit()
        await db.refresh(row)
        summary = client_mapping.to_summary(vars(client), app.state.keys["clients"])
        opened = _open(row, appointments_pb2.Appointment(), APPOINTMENTS, keys)
        return {**opened, "payment_status": row.payment_status or "not_paid", "client": render(summary)}

    @app.patch("/api/v1/sessions/{session_id}/draft", response_model=Session)
    async def autosave(session_id: UUID, body: DraftUpdate, db: Db) -> Any:
        keys = app.state.keys["clinical"]
        row: Any = await db.get_one(SessionRow, (workspace, session_id))
        note = NOTES.open(vars(row), keys, into=sessions_pb2.Session())
        for name, value in body.model_dump(exclude_unset=True).items():
            setattr(note, name, value)
        row.version += 1
        row.duration_minutes = body.duration_minutes
        row.draft_last_saved_at = row.updated_at = datetime.now(UTC)
        row.sealed = NOTES.seal(note, keys, vars(row), Unwitnessed())
        await db.commit()
        return note_answer(row, keys)

    @app.get("/api/v1/clients/{client_id}/timeline", response_model=Timeline)
    async def timeline(client_id: UUID, limit: int, db: Db) -> Any:
        booked: Iterable[Any] = await db.scalars(
            select(AppointmentRow)
            .where(appointments.c.workspace_id == workspace, appointments.c.client_id == client_id, appointments.c.deleted_at.is_(None))
            .order_by(appointments.c.scheduled_start.desc())
            .limit(limit)
        )
        written: Iterable[Any] = await db.scalars(
            select(TimelineRow)
            .where(timeline_events.c.workspace_id == workspace, timeline_events.c.client_id == client_id)
            .order_by(timeline_events.c.at.desc())
            .limit(limit)
        )
        events = [_event(f"appointment_{row.status}", row.scheduled_start, appointment_id=row.id) for row in booked]
        events += [_event(row.kind, row.at, appointment_id=row.appointment_id, session_id=row.session_id) for row in written]
        events = sorted(events, key=lambda event: event["event_date"], reverse=True)[:limit]
        return {"client_id": client_id, "events": events, "total_events": len(events), "next_cursor": None}

    return app


def _client(row: Any, keys: WorkspaceKeys) -> dict[str, Any]:
    return _open(row, clients_pb2.Client(), CLIENTS, keys)


def note_answer(row: Any, keys: WorkspaceKeys) -> dict[str, Any]:
    """A note as it is answered. None of the dataset's was signed, so none waits for a co-signature."""
    return {**_open(row, sessions_pb2.Session(), NOTES, keys), "is_draft": row.status == "draft", "cosign_status": "none"}


def _row(entity: type[Any], **values: Any) -> Any:
    row = entity()
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _columns(row: Any) -> dict[str, Any]:
    """The row's columns, with the range as the driver has it."""
    columns = dict(vars(row))
    if isinstance(during := columns.get("during"), OrmRange):
        columns["during"] = DriverRange(during.lower, during.upper)
    return columns


def _open(row: Any, into: Message, table: SealedTable, keys: WorkspaceKeys) -> dict[str, Any]:
    """The row's columns and its decrypted fields by name."""
    sealed = render(table.open(_columns(row), keys, into=into))
    return sealed | {name: value for name, value in vars(row).items() if name in sealed}


def _event(kind: str, at: datetime, **ids: UUID | None) -> dict[str, Any]:
    named = dict.fromkeys(("description", "appointment_id", "session_id", "plan_id", "milestone_id"))
    return {"event_type": kind, "event_date": at, "title": kind, **named, **ids}


if __name__ == "__main__":
    serve(build(Dataset.load(sys.argv[1])), int(sys.argv[2]))
