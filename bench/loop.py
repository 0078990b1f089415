"""B1, bare asyncpg: the operations called in a loop, without HTTP; of a sign-in, bare Argon2id in as many threads as identity has.

`python -m bench.loop dataset.json` reads the same plans as the load generator, and finds the operation by method and path.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import uvloop

from bench.bare import Bare
from bench.dataset import Dataset
from bench.load import LoadResult, Plan, Recorder, filled
from bench.staff import argon2
from identity.demo import PASSWORD
from identity.settings import IdentitySettings

Answer = Callable[[str, bytes], Awaitable[bytes]]


def answering(bare: Bare, plan: Plan) -> Answer:
    """The function that executes the operation of the plan for a path and a body."""

    def id_in(path: str) -> UUID:
        return UUID(path.split("/")[4].partition("?")[0])

    def book(_path: str, body: bytes) -> Awaitable[bytes]:
        slot = json.loads(body)
        start, end = datetime.fromisoformat(slot["scheduled_start"]), datetime.fromisoformat(slot["scheduled_end"])
        return bare.book(UUID(slot["client_id"]), start, end, slot["location_type"])

    match plan.method, plan.paths[0]:
        case "POST", path if path.endswith("/login"):
            return verifying()
        case "POST", _:
            return book
        case "PATCH", _:
            return lambda path, body: bare.autosave(id_in(path), json.loads(body))
        case _, path if "?page=" in path:
            return lambda path, _: bare.list_clients(int(path.partition("?page=")[2].partition("&")[0]))
        case _, path if "/timeline" in path:
            return lambda path, _: bare.timeline(id_in(path))
        case _:
            return lambda path, _: bare.get_client(id_in(path))


def verifying() -> Answer:
    hasher = argon2()
    stored = hasher.hash(PASSWORD)
    threads = ThreadPoolExecutor(IdentitySettings.model_fields["password_threads"].default)

    async def verify(_path: str, body: bytes) -> bytes:
        await asyncio.get_running_loop().run_in_executor(threads, hasher.verify, stored, json.loads(body)["password"])
        return b""

    return verify


async def run(bare: Bare, plan: Plan) -> LoadResult:
    recorder, answer = Recorder(plan.first), answering(bare, plan)
    begin = time.perf_counter() + plan.warm_up
    end = begin + plan.seconds

    async def user(number: int) -> None:
        while (now := time.perf_counter()) < end:
            n = recorder.take()
            await answer(plan.paths[(number if plan.apart else n) % len(plan.paths)], filled(plan.body, n))
            done = time.perf_counter()
            if now >= begin and done <= end:
                recorder.took.append(done - now)

    await asyncio.gather(*map(user, range(plan.users)))
    return recorder.result(plan.seconds)


async def main(dataset: Dataset) -> None:
    async with Bare.open(dataset) as bare:
        while line := await asyncio.to_thread(sys.stdin.readline):
            sys.stdout.write(json.dumps(asdict(await run(bare, Plan(**json.loads(line))))) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(Dataset.load(sys.argv[1])))
