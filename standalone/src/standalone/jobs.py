"""`caseload import FILE` and `caseload jobs watch ID`: long work from a terminal, with the progress that the API tells as a bar.

Both ask the gateway, with the API key in CASELOAD_API_KEY, and so may do what the key may.
"""

import argparse
import asyncio
import os
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from standalone.settings import StandaloneSettings

_SECONDS_BETWEEN_LOOKS = 0.5
# An upload is answered when the whole file was read.
_SECONDS_TO_ANSWER = 600.0
_MEDIA_TYPES = {".csv": "text/csv", ".json": "application/json"}


class Api(Protocol):
    """The gateway over HTTP."""

    async def get(self, url: str) -> Any: ...
    async def post(self, url: str, *, content: bytes, headers: dict[str, str]) -> Any: ...


async def jobs_command(settings: StandaloneSettings, options: argparse.Namespace) -> None:
    """`import` and `jobs watch`. Ends with status 1 for a job that was not done, and for what the gateway refuses."""
    key = os.environ.get("CASELOAD_API_KEY")
    if not key:
        raise SystemExit(
            "CASELOAD_API_KEY is not set: an API key of the workspace, which owners and administrators make (POST /api/v1/api-keys)"
        )
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=options.url or settings.address, headers=headers, timeout=_SECONDS_TO_ANSWER) as api:
        try:
            if options.command == "import":
                asked = {"dry_run": options.dry_run, "mapping": options.mapping, "encoding": options.encoding}
                await import_file(api, options.file, Console(), **asked)
            else:
                await watch(api, str(options.id), Console())
        except httpx2.TransportError as error:
            raise SystemExit(f"{api.base_url} does not answer ({type(error).__name__})") from None


async def import_file(
    api: Api, file: Path, console: Console, *, dry_run: bool = False, mapping: str | None = None, encoding: str | None = None
) -> None:
    """Sends a file of clients, and watches the job that a long one is. `mapping` is JSON, as the API takes it."""
    media_type = _MEDIA_TYPES.get(file.suffix.lower())
    if media_type is None:
        raise SystemExit(f"{file.name} is neither .csv nor .json")
    given = {"dry_run": "true" if dry_run else None, "mapping": mapping, "encoding": encoding}
    asked = urlencode({name: value for name, value in given.items() if value is not None})
    query = f"?{asked}" if asked else ""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SystemExit(f"{file}: {error.strerror}") from None
    reply = await api.post(f"/api/v1/clients/import{query}", content=content, headers={"content-type": media_type})
    told = _answer(reply)
    if reply.status_code == 202:
        job_id = told["id"]
        await watch(api, job_id, console)
    else:
        job_id = told.pop("job_id")
        _print_result(console, told)
    if not dry_run:
        console.print(f"to undo it: POST /api/v1/clients/import/{job_id}/undo", markup=False, highlight=False, soft_wrap=True)


async def watch(api: Api, job_id: str, console: Console) -> None:
    """Shows a job's progress until it is over, then what came of it. SystemExit unless it was done."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[status]}"), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        job = _answer(await api.get(f"/api/v1/jobs/{job_id}"))
        bar = progress.add_task(job["kind"], total=job["total"], status=job["status"])
        while True:
            progress.update(bar, completed=job["done"], total=job["total"], status=job["status"])
            if job["finished_at"] is not None:
                break
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            job = _answer(await api.get(f"/api/v1/jobs/{job_id}"))
    _print_result(console, (job["result"] or {}) | ({"file": job["result_url"]} if job["result_url"] else {}))
    if job["status"] != "done":
        raise SystemExit(f"{job['status']}: {job['error']}" if job["error"] else job["status"])


def _answer(reply: Any) -> dict[str, Any]:
    """The reply's body. SystemExit with the problem's words for a refusal, and for what is no answer of a gateway."""
    try:
        body: dict[str, Any] = reply.json()
        refusal = f"{body['status']} {body['code']}: {body['detail']}" if reply.status_code >= 400 else None
    except (ValueError, KeyError, TypeError):
        raise SystemExit(f"{reply.status_code}: this is no answer of Caseload's gateway; is the address right?") from None
    if refusal:
        raise SystemExit("\n  ".join([refusal, *(f"{fault['pointer']} {fault['detail']}".strip() for fault in body.get("errors", []))]))
    return body


def _print_result(console: Console, result: dict[str, Any]) -> None:
    for name, value in result.items():
        for line in value if isinstance(value, list) else [value]:
            shown = f"row {line['row']}: {line['pointer']} {line['detail']}" if name == "errors" else f"{name}: {line}"
            console.print(shown, markup=False, highlight=False, soft_wrap=True)
    if len({line["row"] for line in result.get("errors", [])}) < result.get("failed", 0):
        console.print("there are more errors: the first hundred are told", markup=False, highlight=False)
