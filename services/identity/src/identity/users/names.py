"""The names of a workspace's users in memory, by which lists are ordered and searched: the database has them encrypted.

A name is opened once per version of its row. A list reads the ids and versions of the users that match its filters, and
opens those that it does not know yet. The names are opened PHI and never leave the process.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from chassis.db.transaction import Record, Transaction
from chassis.encryption.blind_index import fold
from chassis.encryption.records import WorkspaceKeys
from identity.people import record
from identity.users import store

# Names are opened in batches of this size, so that a hospital's first list does not block other requests.
_AT_ONCE = 500
# Of all workspaces together; that of one workspace may be larger. A name takes about 500 bytes.
_MOST_NAMES = 200_000


class Name(NamedTuple):
    """A user's name. Names compare in list order: case and accents are ignored, and ids decide between equal names."""

    full_name: str
    id: UUID
    email: str
    version: int

    def matches(self, words: Sequence[str]) -> bool:
        """Whether the name or the e-mail address contains every word."""
        return all(word in self.full_name or word in self.email for word in words)


class UserNames:
    """The names of recently listed workspaces."""

    def __init__(self, most_names: int = _MOST_NAMES) -> None:
        self._most_names = most_names
        self._workspaces: OrderedDict[UUID, dict[UUID, Name]] = OrderedDict()

    async def select(self, users: Sequence[Record], search: str, db: Transaction, keys: WorkspaceKeys) -> list[UUID]:
        """The ids of those users (`id` and `version`) who match the search, by name."""
        names = self._workspaces.setdefault(keys.workspace_id, {})
        self._workspaces.move_to_end(keys.workspace_id)
        unknown = [user["id"] for user in users if (name := names.get(user["id"])) is None or name.version != user["version"]]
        for start in range(0, len(unknown), _AT_ONCE):
            for row in await db.all(store.sealed_names, ids=unknown[start : start + _AT_ONCE]):
                names[row["id"]] = _open(row, keys)
            await asyncio.sleep(0)
        self._evict()
        words = fold(search).split()
        found = (names[user["id"]] for user in users if user["id"] in names)
        return [name.id for name in sorted(name for name in found if name.matches(words))]

    def _evict(self) -> None:
        """Forgets the workspaces that were listed least recently until the rest are small enough."""
        size = sum(map(len, self._workspaces.values()))
        while size > self._most_names and len(self._workspaces) > 1:
            _, evicted = self._workspaces.popitem(last=False)
            size -= len(evicted)


def _open(row: Record, keys: WorkspaceKeys) -> Name:
    user = record.to_proto(row, keys)
    return Name(fold(user.full_name), row["id"], fold(user.email), row["version"])
