"""What a process tells, and what it never tells."""

import json
import logging
from types import SimpleNamespace

import httpx
from sqlalchemy import Text, bindparam, func, select

from caseload.clients.v1 import clients_pb2
from chassis.db.database import Database
from chassis.db.statement import command, query
from chassis.errors import NotFound
from chassis.observability.logs import JsonFormatter
from chassis.observability.metrics import observe_call, slow_query_log
from chassis.observability.tracing import child_trace, new_trace, trace_id
from chassis.service.health import HealthServer

CANARY = "Annabelle Quillfeather"


def logged(message, *args, name="test", error=None, **extra):
    record = logging.getLogger(name).makeRecord(
        name, logging.INFO, "f", 1, message, args, (type(error), error, error.__traceback__) if error else None, extra=extra
    )
    return JsonFormatter("clients").format(record)


def raised(error, cause=None):
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_a_line_is_one_json_object_with_what_extra_adds():
    line = json.loads(logged("served %d calls", 3, request_id="abc"))

    assert (line["message"], line["request_id"], line["service"], line["level"]) == ("served 3 calls", "abc", "clients", "info")


def test_a_message_is_named_and_never_printed():
    client = clients_pb2.Client(first_name=CANARY)

    for text in (logged("got %s", client), logged("got it", client=client), logged("got %(c)s", {"c": client}), logged(client)):
        assert CANARY not in text
        assert "caseload.clients.v1.Client" in text


def test_bytes_and_unknown_objects_are_named_and_never_printed():
    assert CANARY not in logged("got %s and %r", CANARY.encode(), SimpleNamespace(name=CANARY), row={"a": [CANARY.encode()]})


def test_an_exception_shows_its_type_cause_and_place_but_not_its_words():
    cause = raised(ValueError(f"Key (email)=({CANARY}) already exists."))
    line = logged("failed", error=raised(RuntimeError(CANARY), cause), also=cause)

    assert CANARY not in line
    assert "RuntimeError" in line
    assert "ValueError" in line
    assert "test_observability.py" in line


def test_a_refusal_shows_its_code():
    assert "NotFound:not_found" in logged("refused", error=raised(NotFound("not_found", CANARY)))


def test_what_asyncio_adds_about_its_tasks_is_dropped():
    assert CANARY not in logged(f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{CANARY}')>", name="asyncio")


def test_a_child_span_stays_in_its_trace():
    parent = new_trace()

    assert trace_id(child_trace(parent)) == trace_id(parent)
    assert child_trace(parent) != parent
    for malformed in (None, "", "00-xyz", "00-" + "0" * 32 + "-" + "1" * 16 + "-01"):
        assert trace_id(malformed) is None
        assert trace_id(child_trace(malformed)) is not None


async def test_health_and_metrics_are_served():
    well = [True]

    async def ready():
        return well[0]

    observe_call(SimpleNamespace(path="/caseload.clients.v1.Clients/GetClient"), "ok", 0.01)
    server = HealthServer(ready)
    await server.start("127.0.0.1:0")
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
            assert (await client.get("/health/ready")).status_code == 200
            well[0] = False
            assert (await client.get("/health/ready")).status_code == 503
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/elsewhere")).status_code == 404
            assert 'caseload_rpc_total{code="ok",method="GetClient",service="clients"}' in (await client.get("/metrics")).text
    finally:
        await server.close()


async def test_a_slow_statement_is_noted_without_its_values(postgres, caplog):
    slow = command(select(func.pg_sleep(0.4), bindparam("name", type_=Text)))
    database = Database(postgres, schema="public", took=slow_query_log("clients", 0.35))
    try:
        async with database.transaction(None, seconds=10.0) as tx:
            await tx.one(slow, name=CANARY)
            await tx.one(query(select(bindparam("name", type_=Text))), name=CANARY)
    finally:
        await database.close()

    (record,) = [record for record in caplog.records if record.message == "slow query"]
    assert "pg_sleep" in record.statement
    assert CANARY not in JsonFormatter("clients").format(record)
    assert record.seconds >= 0.05
