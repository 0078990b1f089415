"""The path of an autosave that ends with a plain UPDATE: no outbox, no audit, no reading of the note before it.

`python -m bench.plain dataset.json port` is a gateway and a clinical service as two processes. Tokens, revocation, limits,
row security, encryption, gRPC and the transaction are the suite's own.
"""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import uvloop
from sqlalchemy import Uuid, bindparam, update

from bench.dataset import Dataset
from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.db.statement import command
from chassis.events.broker.in_process import InProcessBroker
from chassis.local.processes import die_with, socket_directory
from chassis.observability.logs import configure_logs
from chassis.protobuf.fields import fill
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from chassis.settings import Settings
from chassis.work.unit_of_work import UnitOfWork
from clinical.__main__ import SERVICE
from clinical.sessions.rpc import Sessions
from clinical.sessions.rules import TEXTS
from clinical.tables import metadata, sessions
from standalone.gateway import serve_gateway
from standalone.home import Home
from standalone.services import NAMES

save = command(
    update(sessions)
    .where(sessions.c.id == bindparam("id", type_=Uuid))
    .values(
        sealed=bindparam("sealed"),
        duration_minutes=bindparam("duration_minutes"),
        version=sessions.c.version + 1,
        draft_last_saved_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
    .returning(sessions)
)


class PlainSessions(Sessions):
    async def SaveDraft(self, request: pb.SaveDraftRequest, work: UnitOfWork) -> pb.SaveSessionResponse:
        keys = await self._keys.of(work.workspace_id)
        note = pb.Session(**{name: getattr(request, name) for name in TEXTS})
        sealed = keys.seal(note, table="sessions", row=request.session_id, revision=0)
        row = await work.db.one(save, id=request.session_id, sealed=sealed, duration_minutes=request.duration_minutes, now=work.now)
        saved = fill(note, row)
        saved.is_draft = True
        return pb.SaveSessionResponse(session=saved)


class PlainClinical(Runtime):
    """A clinical service whose methods are not audited and are not treated as writes."""

    async def serve(self, *, over_grpc: bool = True) -> None:
        methods = self.server._methods  # noqa: SLF001 - no other part of the suite needs this
        for path, (method, answer) in methods.items():
            methods[path] = (replace(method, audited=False, writes=False), answer)
        await super().serve(over_grpc=over_grpc)


def servicers(runtime: Runtime) -> list[PlainSessions]:
    """Notes alone, made as the service makes them, whatever that takes by now."""
    (notes,) = (servicer for servicer in SERVICE.servicers(runtime) if isinstance(servicer, Sessions))
    notes.__class__ = PlainSessions
    return [notes]


async def answer(service: Service, settings: Settings) -> None:
    """Serves until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    runtime = PlainClinical(service, settings, broker=InProcessBroker())
    await runtime.serve()
    await stopping.wait()
    await runtime.stop()


def main(dataset: Dataset, port: int) -> None:
    home = Home(Path(dataset.home))
    sockets = socket_directory(home.directory / "suite")
    address = f"unix:{sockets}/plain.sock"
    peers = {name: f"unix:{sockets}/{name}.sock" for name in NAMES}
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    parent = os.getpid()
    # Before any event loop or gRPC object exists, as the suite does it.
    if os.fork() == 0:
        die_with(parent, signal.SIGTERM)
        configure_logs("plain")
        service = Service("clinical", metadata, servicers, settings=SERVICE.settings)
        uvloop.run(answer(service, home.settings(SERVICE, dataset.admin_dsn, peers=peers, listen=address)))
        os._exit(0)
    serve_gateway(home, listener, None, peers={**peers, "clinical": address}, public_url=f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    main(Dataset.load(sys.argv[1]), int(sys.argv[2]))
