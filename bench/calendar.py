"""A hospital's calendar with 10,000 appointments and with 250,000: `python -m bench.calendar`, with `APPOINTMENTS` for another large number.

Loads the appointments of 20 practitioners with COPY, fifty a day each, sealed as the service does it, in a workspace each, and asks the scheduling service
over gRPC; caller and services are one process. Before it asks, the plan of each statement is looked at: one that scans a table ends the run.
Needs nothing that runs.
"""

import gc
import json
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from bench import bulk
from bench.scratch import on_a_new_server
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import availability_pb2, series_pb2, slots_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.availability_rpc import AvailabilityStub
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from caseload.scheduling.v1.slots_rpc import FreeSlotsStub
from chassis.context import RequestContext
from chassis.db.statement import Statement
from chassis.testing.environment import Environment, start_environment
from clients.__main__ import SERVICE as CLIENTS
from identity.__main__ import SERVICE as IDENTITY
from identity.roles import SCOPES_BY_ROLE
from identity.workspaces.workflow import open_workspace
from scheduling.__main__ import SERVICE as SCHEDULING
from scheduling.appointments import store
from scheduling.busy_periods import store as busy_periods

PRACTITIONERS, PER_DAY, SLOT, CLIENTS_EACH = 20, 50, timedelta(minutes=10), 5_000
FEW, MANY = 10_000, int(os.environ.get("APPOINTMENTS", "250000"))
ASKED, WARMING, PAGE = 200, 30, 100
# Of the goal: alone, in milliseconds; and of the large calendar by the small one.
P95, FLAT = 15.0, 2.0
DAY = timedelta(days=1)
_STATEMENTS: dict[str, Statement] = {
    "a day": store.appointment_list.list_statement(),
    "a practitioner's days": store.appointment_list.list_statement(["practitioner_id"]),
    "conflicts": busy_periods.conflicts,
    "slots": busy_periods.busy_within,
    "a client's history": store.timeline_events,
}
_LARGE = {"appointments", "busy_periods"}


@dataclass(frozen=True, slots=True)
class Hospital:
    """A workspace, and whom and when it is asked about. `first` is the first day to come, `days` how many there are."""

    environment: Environment
    workspace_id: UUID
    call: RequestContext
    practitioner_ids: list[UUID]
    client_ids: list[UUID]
    client_id: str
    first: datetime
    days: int


async def open_hospital(environment: Environment, number: int) -> Hospital:
    """With so many appointments, half of them to come, and with everybody's working hours."""
    workspace_id, owner_id = await open_workspace(
        environment.runtime("identity"), name="Lakeside", kind="practice", time_zone="UTC", locale="en-GB",
        owner_email=f"{uuid7().hex}@example.com", owner_full_name="Grace Hopper", role="owner",
    )  # fmt: skip
    call = environment.caller(workspace_id=workspace_id, user_id=owner_id, scopes=frozenset(SCOPES_BY_ROLE["owner"]))
    practitioner_ids = [await _practitioner(environment, call) for _ in range(PRACTITIONERS)]
    client = await environment.stub(ClientsStub).CreateClient(clients_pb2.CreateClientRequest(first_name="Ada", last_name="Lovelace"), call)
    client_ids, loader = [uuid7() for _ in range(CLIENTS_EACH)], uuid7()
    days = number // PRACTITIONERS // PER_DAY
    keys = await environment.runtime("scheduling").keys.of(workspace_id)
    rows = bulk.appointments(workspace_id, practitioner_ids, client_ids, loader, keys, days=days, per_day=PER_DAY, slot=SLOT)
    async with environment.superuser() as connection:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await bulk.copy(connection, "scheduling.appointments", rows)
            await connection.execute(bulk.FOLLOWING.format(loader=loader))
        await connection.execute("VACUUM ANALYZE")
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Hospital(
        environment, workspace_id, call, practitioner_ids, client_ids, client.id, today + bulk.DAYS_AHEAD * DAY, days - days // 2
    )


async def _practitioner(environment: Environment, call: RequestContext) -> UUID:
    request = users_pb2.CreateUserRequest(email=f"{uuid7().hex}@example.com", full_name="Lise Meitner", role=users_pb2.ROLE_THERAPIST)
    user = await environment.stub(UsersStub).CreateUser(request, call)
    hours = [availability_pb2.WeeklyHours(weekday=day, start="08:00", end="18:00") for day in range(7)]
    request_hours = availability_pb2.SetAvailabilityRequest(practitioner_id=user.id, time_zone="UTC", weekly=hours, slot_step_minutes=10)
    await environment.stub(AvailabilityStub).SetAvailability(request_hours, call)
    return UUID(user.id)


def questions(hospital: Hospital) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What is asked, about another day, practitioner or client each time."""
    chance, call = random.Random(3), hospital.call
    appointments = hospital.environment.stub(AppointmentsStub)
    slots, series = hospital.environment.stub(FreeSlotsStub), hospital.environment.stub(AppointmentSeriesStub)

    def some_day(length: int = 1) -> datetime:
        return hospital.first + chance.randrange(max(1, hospital.days - length)) * DAY

    def somebody() -> str:
        return str(chance.choice(hospital.practitioner_ids))

    def listed(length: int, **fields: Any) -> Awaitable[Any]:
        first = some_day(length)
        return appointments.ListAppointments(
            pb.ListAppointmentsRequest(start_date=first, end_date=first + length * DAY, page_size=PAGE, **fields), call
        )

    def checked(hour: int) -> Awaitable[Any]:
        start = some_day() + timedelta(hours=hour)
        return appointments.CheckConflicts(
            pb.CheckConflictsRequest(scheduled_start=start, scheduled_end=start + timedelta(hours=1), practitioner_id=somebody()), call
        )

    def month() -> Awaitable[Any]:
        first = some_day(31)
        asked = slots_pb2.ListFreeSlotsRequest(
            practitioner_id=somebody(), since=first, until=first + 31 * DAY, duration_minutes=30, time_zone="UTC", as_numbers=True
        )
        return slots.ListFreeSlots(asked, call)

    def history() -> Awaitable[Any]:
        return appointments.ListHistory(pb.ListHistoryRequest(client_id=str(chance.choice(hospital.client_ids)), limit=100), call)

    def preview(hour: int) -> Awaitable[Any]:
        asked = series_pb2.PreviewSeriesRequest(
            client_id=hospital.client_id, practitioner_id=somebody(), location_type=pb.LOCATION_TYPE_CLINIC, rrule="FREQ=DAILY;COUNT=520",
            first_start=hospital.first + timedelta(hours=hour), time_zone="UTC", duration_minutes=60,
        )  # fmt: skip
        return series.PreviewSeries(asked, call)

    return {
        "a practitioner's day": lambda: listed(1, practitioner_id=somebody()),
        "a practitioner's week": lambda: listed(7, practitioner_id=somebody()),
        "everybody's day, the first 100": lambda: listed(1),
        "everybody's week, the first 100": lambda: listed(7),
        "conflicts of an hour that is taken": lambda: checked(9),
        "conflicts of an hour that is free": lambda: checked(20),
        "slots of a month": month,
        "a client's history": history,
        "preview of 520, all free": lambda: preview(20),
        "preview of 520, taken where anything is": lambda: preview(9),
    }


async def timed(ask: Callable[[], Awaitable[Any]]) -> tuple[float, float, float]:
    """p50 and p95 in milliseconds, and the processor time of this process for one question."""
    for _ in range(WARMING):
        await ask()
    gc.collect()
    took, processor = [], time.process_time()
    for _ in range(ASKED):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return median(took), quantiles(took, n=20)[-1], (time.process_time() - processor) * 1000 / ASKED


async def check_plans(hospital: Hospital) -> None:
    """Raises SystemExit if a statement is planned to scan a large table, for any parameters, as the service has it planned."""
    async with hospital.environment.runtime("scheduling").database.transaction(hospital.workspace_id, seconds=20.0) as tx:
        connection = await tx.connection()
        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for name, statement in _STATEMENTS.items():
            await connection.execute(f"PREPARE asked AS {statement.sql}")
            unknown = ", ".join(["NULL"] * len(statement.names))
            (found,) = json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked({unknown})"))
            scanned = [node["Relation Name"] for node in _nodes(found["Plan"]) if node["Node Type"] == "Seq Scan"]
            if _LARGE.intersection(scanned):
                raise SystemExit(f"{name} scans {scanned}")
            await connection.execute("DEALLOCATE asked")


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for below in plan.get("Plans", ()) for node in _nodes(below))]


async def run(dsn: str) -> None:
    async with start_environment(dsn, SCHEDULING, CLIENTS, IDENTITY) as environment:
        began = time.perf_counter()
        hospitals = {number: await open_hospital(environment, number) for number in (FEW, MANY)}
        print(f"loaded in {time.perf_counter() - began:.0f} s; load average {os.getloadavg()[0]:.1f}")
        for hospital in hospitals.values():
            await check_plans(hospital)
        asked = {number: questions(hospital) for number, hospital in hospitals.items()}
        print(
            f"| what | {FEW:,}: p50, p95 in ms | processor | {MANY:,}: p50, p95 in ms | processor | p95, of the small one |\n|---|---|---|---|---|---|"
        )
        for name in asked[FEW]:
            few, many = [await timed(asked[number][name]) for number in (FEW, MANY)]
            missed = (
                []
                if name.startswith("preview")
                else [f"over {P95:.0f} ms"] * (many[1] >= P95) + [f"over {FLAT:.0f} times"] * (many[1] >= FLAT * few[1])
            )
            told = f" **{', '.join(missed)}**" if missed else ""
            print(
                f"| {name} | {few[0]:.1f}, {few[1]:.1f} | {few[2]:.1f} | {many[0]:.1f}, {many[1]:.1f} | {many[2]:.1f} | {many[1] / few[1]:.2f}{told} |"
            )
        print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    on_a_new_server(run)
