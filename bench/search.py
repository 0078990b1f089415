"""Search in the notes of one large workspace: `python -m bench.search`, with `NOTES` for another number than 100,000.

Loads notes of 300 words with COPY, sealed as the service does it, has them indexed as after an upgrade, and asks the clinical service over
gRPC. Words have the frequencies of a natural language (Zipf), every hundredth is a number that occurs once. Needs nothing that runs.
"""

import asyncio
import os
import random
import resource
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from bench import notes
from bench.scratch import on_a_new_server
from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.clinical.v1.sessions_rpc import SessionsStub
from chassis.testing.environment import Environment, start_environment
from clinical.__main__ import SERVICE
from clinical.note_search.indexing import Indexer

NOTES = int(os.environ.get("NOTES", "100000"))
WORDS = 300
VOCABULARY = 60_000
PER_CLIENT = 50
SEARCHES = 150
ROUNDS, SAVES, SAVING = 6, 400, 8
# Ranks of words by frequency: in nearly every note, in about half of them, in a few of a hundred thousand.
VERY_COMMON, COMMON, RARE = 3, 40, 59_000
_ROWS_AT_ONCE = 5_000
_START = datetime(2020, 1, 1, tzinfo=UTC)


class Language:
    """Words of syllables, the frequent ones shorter."""

    def __init__(self) -> None:
        chance = random.Random(7)
        syllables = [first + vowel + last for first in "bcdfghklmnprstvw" for vowel in "aeiou" for last in ("", "n", "r", "s", "l")]
        starts = [*syllables, *("a", "e", "i", "o", "un", "in", "ex")]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            length = 1 + (len(words) > 60) + (len(words) > 3_000) + chance.randrange(2)
            words["".join(chance.choice(starts if n == 0 else syllables) for n in range(length))] = None
        self.words = list(words)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
        self._chance = chance

    def text(self, number: int) -> str:
        """A fourth of a note."""
        drawn = self._chance.choices(self.words, cum_weights=self._weights, k=WORDS // 4)
        if self._chance.random() < 0.75:
            drawn[-1] = str(number * 7919)
        return " ".join(drawn).capitalize() + "."


def rows(workspace_id: UUID, language: Language, keys: Any) -> Iterator[dict[str, Any]]:
    author = uuid7()
    for number in range(NOTES):
        client_id = UUID(int=number // PER_CLIENT + 1)
        texts: dict[str, Any] = {name: language.text(number) for name in ("subjective", "objective", "assessment", "plan")}
        at = _START + timedelta(minutes=number * 7919 % 2_000_000)
        yield notes.draft(workspace_id, client_id, author, at, _START, texts, keys)


async def load(environment: Environment, workspace_id: UUID, language: Language) -> None:
    keys = await environment.runtime("clinical").keys.of(workspace_id)
    made = rows(workspace_id, language, keys)
    async with environment.superuser() as db, db.transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        while batch := [row for row, _ in zip(made, range(_ROWS_AT_ONCE), strict=False)]:
            columns = list(batch[0])
            await db.copy_records_to_table(
                "sessions", schema_name="clinical", columns=columns, records=[[row[name] for name in columns] for row in batch]
            )
        await db.execute(
            "INSERT INTO clinical.search_work (workspace_id, session_id, due_at) SELECT workspace_id, id, now() FROM clinical.sessions"
        )
    async with environment.superuser() as db:
        await db.execute("ANALYZE")


async def index(environment: Environment, workspace_id: UUID) -> None:
    runtime = environment.runtime("clinical")
    indexer = Indexer(runtime.database, runtime.keys)
    began, processor = time.perf_counter(), time.process_time()
    while await indexer.take_in(workspace_id):
        while await indexer.tidy(workspace_id):
            pass
    while await indexer.tidy(workspace_id):
        pass
    took = time.perf_counter() - began
    print(f"indexed: {NOTES / took:.0f} notes a second, {took:.0f} s, {time.process_time() - processor:.0f} s of processor time")


async def sizes(environment: Environment) -> None:
    async with environment.superuser() as db:
        for table in ("sessions", "search_blocks", "search_segments", "search_work"):
            await db.execute(f"VACUUM FULL clinical.{table}")
        text = await db.fetchval("SELECT sum(length(sealed))::float8 FROM clinical.sessions")
        table = await db.fetchval("SELECT pg_total_relation_size('clinical.sessions')")
        index = await db.fetchval(
            "SELECT sum(pg_total_relation_size(c))::float8 FROM unnest(ARRAY['clinical.search_blocks', 'clinical.search_segments', 'clinical.search_work']::regclass[]) c"
        )
        segments = await db.fetch(
            "SELECT documents, pg_size_pretty(length(header)::bigint) AS header FROM clinical.search_segments ORDER BY 1"
        )
        print(
            f"sealed texts {text / 1e6:.1f} MB, notes' table {table / 1e6:.1f} MB, index {index / 1e6:.1f} MB: {index / text:.3f} of the texts"
        )
        print("segments:", [(row["documents"], row["header"]) for row in segments])


async def timed(name: str, ask: Callable[[], Awaitable[pb.SessionPage]], times: int = SEARCHES) -> None:
    took = []
    held = Held()
    processor = time.process_time()
    async with held:
        for _ in range(times):
            began = time.perf_counter()
            page = await ask()
            took.append((time.perf_counter() - began) * 1000)
    processor = (time.process_time() - processor) * 1000 / times
    p95 = quantiles(took, n=20)[-1]
    print(
        f"{name}: {page.total} found, p50 {median(took):.1f} ms, p95 {p95:.1f} ms, processor {processor:.1f} ms; loop held {held.most * 1000:.1f} ms at most"
    )


class Held:
    """Finds out for how long at most the event loop, on which client and service both run, did nothing else."""

    async def __aenter__(self) -> None:
        self.most = 0.0
        self._task = asyncio.create_task(self._watch())

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            self.most = max(self.most, time.perf_counter() - before)
            await asyncio.sleep(0.001)


async def searches(environment: Environment, workspace_id: UUID, language: Language) -> None:
    call = environment.caller(workspace_id=workspace_id)
    stub = environment.stub(SessionsStub)

    def asked(search: str, **but: Any) -> Callable[[], Awaitable[pb.SessionPage]]:
        return lambda: stub.ListSessions(pb.ListSessionsRequest(search=search, page_size=50, **but), call)

    words = language.words
    await timed("no search", asked_without(stub, call))
    await timed("a very common word", asked(words[VERY_COMMON]))
    await timed("a common word", asked(words[COMMON]))
    await timed("a rare word", asked(words[RARE]))
    await timed("a number that occurs once", asked(str(NOTES // 2 * 7919)))
    await timed("one letter", asked("s"))
    await timed("two letters", asked("se"))
    await timed("three letters", asked("sel"))
    await timed("two common words and a rare one", asked(f"{words[COMMON]} {words[COMMON + 1]} {words[RARE - 20]}"))
    await timed("a common word, page 40", asked(words[COMMON], page=40))
    await timed("a common word, drafts", asked(words[COMMON], is_draft=True))
    await timed("a common word of one client", asked(words[COMMON], client_id=str(UUID(int=7))))


def asked_without(stub: SessionsStub, call: Any) -> Callable[[], Awaitable[pb.SessionPage]]:
    return lambda: stub.ListSessions(pb.ListSessionsRequest(page_size=50), call)


async def autosaves(environment: Environment, workspace_id: UUID, language: Language) -> None:
    """Rounds without and with the trigger that has a note indexed, in turn; and with the worker's work beside."""
    call = environment.caller(workspace_id=workspace_id)
    stub = environment.stub(SessionsStub)
    runtime = environment.runtime("clinical")
    indexer = Indexer(runtime.database, runtime.keys)
    async with environment.superuser() as db:
        drafts = [str(row["id"]) for row in await db.fetch("SELECT id FROM clinical.sessions ORDER BY id DESC LIMIT 64")]
        took: dict[str, list[float]] = {"without": [], "with": [], "with, and indexed": []}

        async def save(number: int) -> None:
            request = pb.SaveDraftRequest(
                session_id=drafts[number % len(drafts)], mask=FieldMask(paths=["subjective"]), subjective=language.text(number)
            )
            await stub.SaveDraft(request, call)

        async def save_some(first: int) -> None:
            for number in range(first, SAVES, SAVING):
                await save(number)

        for _ in range(ROUNDS):
            for how, times in took.items():
                does = "DISABLE" if how == "without" else "ENABLE"
                await db.execute(f"ALTER TABLE clinical.sessions {does} TRIGGER keep_search_work_of_versions")
                began = time.perf_counter()
                await asyncio.gather(*(save_some(first) for first in range(SAVING)))
                if how == "with, and indexed":
                    while await indexer.take_in(workspace_id):
                        await indexer.tidy(workspace_id)
                times.append((time.perf_counter() - began) * 1000 / SAVES)
    base = took["without"]
    for how, each in took.items():
        ratio = [one / other for one, other in zip(each, base, strict=True)]
        print(
            f"autosave {how}: {median(each):.2f} ms each with {SAVING} at a time; {median(ratio):.2f} ({min(ratio):.2f} to {max(ratio):.2f}) of without"
        )


def memory(when: str) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(f"memory {when}: {pages * 4096 / 1e6:.0f} MB, at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


async def run(dsn: str) -> None:
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    # Without the worker: what it does is done here, at the time that it is measured.
    service = replace(SERVICE, loops=lambda _: ())
    async with start_environment(dsn, service, settings={"peers": peers}, relay=False) as environment:
        workspace_id, language = environment.workspace(), Language()
        began = time.perf_counter()
        await load(environment, workspace_id, language)
        print(f"{NOTES} notes of {WORDS} words loaded in {time.perf_counter() - began:.0f} s")
        memory("before")
        await index(environment, workspace_id)
        memory("after indexing")
        await sizes(environment)
        await searches(environment, workspace_id, language)
        memory("after searching")
        await autosaves(environment, workspace_id, language)
        await timed(
            "a common word, after the saves",
            lambda: environment.stub(SessionsStub).ListSessions(
                pb.ListSessionsRequest(search=language.words[COMMON], page_size=50), environment.caller(workspace_id=workspace_id)
            ),
        )


if __name__ == "__main__":
    on_a_new_server(run)
