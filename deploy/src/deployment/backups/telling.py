"""How the backups fare, over HTTP: `/metrics` for monitoring, `/state` for the doctor, `/health/…` for whoever runs this process."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from deployment.backups.watch import State

# Nothing was looked at for so long: then this process does nothing, whatever it tells. A backup of many gigabytes takes hours.
_SECONDS_STUCK = 12 * 3600


def serve(state: Callable[[], State], port: int) -> ThreadingHTTPServer:
    """A server that is still to be started. Whoever asks gets no name of anybody and no secret."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = state()
            if self.path == "/metrics":
                self._answer(200, "text/plain; version=0.0.4", metrics(found, datetime.now(UTC)))
            elif self.path == "/state":
                self._answer(200, "application/json", json.dumps(asdict(found), default=str))
            elif self.path in {"/health/live", "/health/ready"}:
                fit = found.looked_at is not None and (datetime.now(UTC) - found.looked_at).total_seconds() < _SECONDS_STUCK
                self._answer(200 if fit else 503, "text/plain", "")
            else:
                self._answer(404, "text/plain", "")

        def _answer(self, status: int, kind: str, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            return

    return ThreadingHTTPServer(("0.0.0.0", port), Handler)  # noqa: S104 - within the deployment's own network


def metrics(state: State, now: datetime) -> str:
    """In the format that Prometheus reads."""
    lines = []

    def add(name: str, meaning: str, value: float, kind: str = "gauge", **labels: str) -> None:
        head = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
        told = ",".join(f'{label}="{text}"' for label, text in labels.items())
        lines.extend([*(line for line in head if line not in lines), f"{name}{{{told}}} {value}" if told else f"{name} {value}"])

    ended = {kind: max(b.ended_at for b in state.backups if b.kind == kind) for kind in {b.kind for b in state.backups}}
    if ended:
        add("caseload_backup_age_seconds", "Since the newest backup of any kind ended.", (now - max(ended.values())).total_seconds())
        add(
            "caseload_backup_repository_bytes",
            "What all backups take in the repository, without the log.",
            sum(b.repository_bytes for b in state.backups),
        )
        add(
            "caseload_backup_database_bytes",
            "The size of the database in the newest backup.",
            max(state.backups, key=lambda b: b.ended_at).database_bytes,
        )
    add("caseload_backups", "Backups in the repository.", len(state.backups))
    add("caseload_archive_gaps", "Segments of the log that are missing between two that are there.", len(state.archive.gaps))
    if state.server is not None:
        add("caseload_archive_waiting_segments", "Segments of the log that are full and not archived.", state.server.waiting)
        add("caseload_archive_waiting_seconds", "Since when the oldest of them waits.", state.server.waiting_seconds)
        add("caseload_archive_failed_total", "Attempts to archive a segment that failed.", state.server.failed, "counter")
    if state.proved_at is not None:
        add("caseload_backup_proved_age_seconds", "Since a backup was last restored for a try.", (now - state.proved_at).total_seconds())
    for problem in state.problems:
        add("caseload_backup_problem", "Is there, as 1, while something is wrong with the backups.", 1, code=problem.code)
    add("caseload_backup_problems", "How much is wrong with the backups. Alert on more than none.", len(state.problems))
    if state.looked_at is not None:
        add("caseload_backup_looked_at_seconds", "When all of this was found, since 1970.", state.looked_at.timestamp())
    return "\n".join([*lines, ""])
