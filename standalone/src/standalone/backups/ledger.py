"""The ledger of erasures: what was destroyed for good is written to the target at once, so that a restore to an earlier moment destroys it again.

It has ids alone, and the legal holds as sealed as they are in the database. What is written is sealed and proved by a key made of the
installation's own secrets, which every backup has: whoever may write to the target cannot have anything erased.
"""

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from standalone.backups import catalogue
from standalone.backups.errors import BackupFailed
from standalone.backups.journal.store import JournalStore
from standalone.backups.targets import Target
from standalone.home import Home

# A workspace's rows go with it: what is counted changes then, too.
_CLIENTS_CHANGED = "SELECT count(*), max(xmin::text::bigint) FROM clients.erasures"
_CLIENTS = """
SELECT t.workspace_id, t.id, j.created_by FROM clients.erasures t
LEFT JOIN clients.erasure_progress p ON p.workspace_id = t.workspace_id AND p.client_id = t.id AND p.service = 'clinical'
LEFT JOIN clients.jobs j ON j.workspace_id = p.workspace_id AND j.id = p.job_id
"""
_WORKSPACES = "SELECT workspace_id, deleted_at, erased_at FROM identity.workspaces WHERE erased_at IS NOT NULL"
_HOLDS = "SELECT workspace_id, id, to_jsonb(h)::text FROM audit.legal_holds h WHERE pending_until IS NULL AND released_at IS NULL"


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

    def __init__(self, target: Target, installation: str, database_secret: bytes) -> None:
        self._folder = f"erasures-{installation}"
        self._target = target
        self._store = JournalStore(target, self._folder, hmac.digest(database_secret, b"caseload ledger of erasures", "sha256"))

    @classmethod
    def of(cls, home: Home, target: Target) -> "Ledger":
        return cls(target, catalogue.installation_of(home), (home.directory / "database-secret").read_bytes())

    def entries(self) -> list[Entry]:
        """All of them, the oldest first. Raises BackupFailed, and names it, where one was changed."""
        found = []
        for path in sorted(self._target.sizes()):
            folder, _, name = path.partition("/")
            if folder == self._folder and not name.endswith(".part"):
                try:
                    found += [Entry(**each) for each in json.loads(b"".join(self._store.read(name)))]
                except BackupFailed as failure:
                    raise BackupFailed(
                        f"{path} of the ledger of erasures cannot be read ({failure}): whom it names would be back. Restore it from a copy of the "
                        "target, or move it out of the target where it is known who that is"
                    ) from failure
        return found

    def add(self, entries: Iterable[Entry], now: datetime) -> None:
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{os.urandom(4).hex()}"
        self._store.write(name, [json.dumps([asdict(each) for each in entries]).encode()])


class Writer:
    """Writes what is new. What was erased before there was a ledger is written at the first call."""

    def __init__(self, home: Home, target: Target) -> None:
        self._ledger = Ledger.of(home, target)
        self._known: set[tuple[str, str, str]] | None = None
        self._clients: tuple[int, int | None] | None = None

    async def write(self, connection: Any) -> int:
        """How many entries were added. As the database's administrator, to whom no row is hidden."""
        if self._known is None:
            self._known = {entry.key for entry in self._ledger.entries()}
        known, found = self._known, [*await _workspaces(connection), *await _holds(connection)]
        clients = tuple(await connection.fetchrow(_CLIENTS_CHANGED))
        if clients != self._clients:
            found += await _clients(connection)
        new = [entry for entry in found if entry.key not in known]
        if new:
            self._ledger.add(new, datetime.now(UTC))
            known.update(entry.key for entry in new)
        self._clients = clients
        return len(new)


async def _clients(connection: Any) -> list[Entry]:
    rows = await connection.fetch(_CLIENTS)
    return [Entry("client", str(row[0]), str(row[1]), "" if row[2] is None else str(row[2])) for row in rows]


async def _workspaces(connection: Any) -> list[Entry]:
    rows = await connection.fetch(_WORKSPACES)
    return [Entry("workspace", str(row[0]), str(row[0]), f"{row[1].isoformat()} {row[2].isoformat()}") for row in rows]


async def _holds(connection: Any) -> list[Entry]:
    rows = await connection.fetch(_HOLDS)
    return [Entry("hold", str(row[0]), str(row[1]), row[2]) for row in rows]
