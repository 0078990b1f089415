"""The ledger of erasures: what was destroyed for good is written to the target at once, so that a restore to an earlier moment destroys it again.

It has ids alone, and the legal holds as sealed as they are in the database. What is written is sealed and proved by a key made of the
installation's own secrets, which every backup has: whoever may write to the target cannot have anything erased.
"""

import asyncio
import hmac
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from standalone.backups import catalogue
from standalone.backups.errors import BackupFailed, TargetAway
from standalone.backups.journal.store import JournalStore
from standalone.backups.targets import Target
from standalone.home import Home

_PREFIX = "erasures-"
_READ_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Sources:
    """The queries that find what belongs into a ledger. They are for somebody to whom no row is hidden, or call functions of such a role.

    `changed` counts erased clients, and changes where one of them was changed: a workspace's rows go with it.
    """

    changed: str
    clients: str
    workspaces: str
    holds: str


AS_ADMINISTRATOR = Sources(
    changed="SELECT count(*) AS number, max(xmin::text::bigint) AS newest FROM clients.erasures",
    clients="""
SELECT t.workspace_id, t.id, j.created_by FROM clients.erasures t
LEFT JOIN clients.erasure_progress p ON p.workspace_id = t.workspace_id AND p.client_id = t.id AND p.service = 'clinical'
LEFT JOIN clients.jobs j ON j.workspace_id = p.workspace_id AND j.id = p.job_id""",
    workspaces="SELECT workspace_id, deleted_at, erased_at FROM identity.workspaces WHERE erased_at IS NOT NULL",
    holds="SELECT workspace_id, id, to_jsonb(h)::text AS document FROM audit.legal_holds h WHERE pending_until IS NULL AND released_at IS NULL",
)
# The oldest transaction that is under way, and the one after the newest that has ended. Where nobody is behind, both are the same.
_SNAPSHOT = "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() s"


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is `client`, `workspace` or `hold`; `facts` are ids and times as text, and of a hold its row."""

    kind: str
    workspace_id: str
    id: str
    facts: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.workspace_id, self.id


class Ledger:
    """Of one installation, in one target."""

    def __init__(self, target: Target, installation: str, secret: bytes) -> None:
        self._folder = f"{_PREFIX}{installation}"
        self._target = target
        self._store = JournalStore(target, self._folder, hmac.digest(secret, b"caseload ledger of erasures", "sha256"))

    @classmethod
    def of(cls, home: Home, target: Target) -> "Ledger":
        return cls.under(target, (home.directory / "database-secret").read_bytes())

    @classmethod
    def under(cls, target: Target, secret: bytes) -> "Ledger":
        """That of the installation which has this secret."""
        return cls(target, catalogue.installation_named_by(secret), secret)

    def entries(self, *, passed_over: list[str] | None = None) -> list[Entry]:
        """All of them, the oldest first. Raises BackupFailed, and names it, where one was changed; with `passed_over` it is added to that list."""
        paths = sorted(path for path in self._target.sizes() if path.startswith(f"{self._folder}/") and not path.endswith(".part"))
        names = [path.partition("/")[2] for path in paths]
        found: list[Entry] = []
        # A bucket takes its time for each.
        with ThreadPoolExecutor(_READ_AT_ONCE) as pool:
            for name, read in zip(names, pool.map(self._read, names), strict=True):
                if not isinstance(read, BackupFailed):
                    found += read
                elif passed_over is None:
                    raise BackupFailed(
                        f"{self._folder}/{name} of the ledger of erasures cannot be read ({read}): whom it names would be back. Restore it "
                        "from a copy of the target, or move it out of the target where it is known who that is"
                    ) from read
                else:
                    passed_over.append(f"{self._folder}/{name}")
        return found

    def _read(self, name: str) -> list[Entry] | BackupFailed:
        """What one object has, or why it cannot be opened. Raises TargetAway."""
        try:
            return [Entry(**each) for each in json.loads(b"".join(self._store.read(name)))]
        except TargetAway:
            raise
        except BackupFailed as failure:
            return failure

    def under_other_keys(self) -> list[str]:
        """The ledgers in the same target that have another secret. In a target of several installations, those of the others."""
        folders = {path.partition("/")[0] for path in self._target.sizes()}
        return sorted(folder for folder in folders - {self._folder} if folder.startswith(_PREFIX))

    def add(self, entries: Iterable[Entry], now: datetime) -> None:
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{os.urandom(4).hex()}"
        self._store.write(name, [json.dumps([asdict(each) for each in entries]).encode()])


class Writer:
    """Writes what is new. What was erased before there was a ledger is written at the first call.

    `known` are the keys of what is in the ledger, and are added to; without them it is read at the first call.
    """

    def __init__(self, ledger: Ledger, sources: Sources = AS_ADMINISTRATOR, known: set[tuple[str, str, str]] | None = None) -> None:
        self._ledger = ledger
        self._sources = sources
        self._known = known
        self._clients: tuple[int, int | None] | None = None
        # The one after the newest transaction that had ended at the last look, where none before it was under way.
        self._next: int | None = None
        self.looks = 0

    async def write(self, connection: Any, *, own: int = 0) -> int:
        """How many entries were added. `own` is how many transactions the caller itself has committed since the last call.

        Tables are looked at only where somebody has changed anything since: transactions are numbered, and an idle installation has none.
        """
        oldest, following = await connection.fetchrow(_SNAPSHOT)
        settled = following if oldest == following else None
        if settled is not None and self._next is not None and settled == self._next + own:
            self._next = settled
            return 0
        added = await self._look(connection)
        self._next = settled
        return added

    async def _look(self, connection: Any) -> int:
        self.looks += 1
        if self._known is None:
            self._known = {entry.key for entry in await asyncio.to_thread(self._ledger.entries)}
        known = self._known
        found = await _workspaces(connection, self._sources.workspaces) + await _holds(connection, self._sources.holds)
        clients = tuple(await connection.fetchrow(self._sources.changed))
        if clients != self._clients:
            found += await _clients(connection, self._sources.clients)
        new = [entry for entry in found if entry.key not in known]
        if new:
            await asyncio.to_thread(self._ledger.add, new, datetime.now(UTC))
            known.update(entry.key for entry in new)
        self._clients = clients
        return len(new)


async def erased(connection: Any, sources: Sources = AS_ADMINISTRATOR) -> list[Entry]:
    """Whom the database knows to be erased."""
    return await _workspaces(connection, sources.workspaces) + await _clients(connection, sources.clients)


async def _clients(connection: Any, query: str) -> list[Entry]:
    return [Entry("client", str(row[0]), str(row[1]), "" if row[2] is None else str(row[2])) for row in await connection.fetch(query)]


async def _workspaces(connection: Any, query: str) -> list[Entry]:
    rows = await connection.fetch(query)
    return [Entry("workspace", str(row[0]), str(row[0]), f"{row[1].isoformat()} {row[2].isoformat()}") for row in rows]


async def _holds(connection: Any, query: str) -> list[Entry]:
    return [Entry("hold", str(row[0]), str(row[1]), row[2]) for row in await connection.fetch(query)]
