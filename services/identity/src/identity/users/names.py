"""The names of a workspace's users in memory, by which lists are ordered and searched: the database has them encrypted.

A name is opened once per version of its row. A list asks the database for a fingerprint of the users that match its filters. If that is
another than last time it reads their ids and versions, opens the names that it does not know yet, and puts them in order; otherwise the
order of last time is good. The names are opened PHI and never leave the process.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from chassis.db.transaction import Record, Transaction
from chassis.encryption.blind_index import fold
from chassis.encryption.records import WorkspaceKeys
from identity.people import record
from identity.users import store

# Names are opened in batches of this size, so that a hospital's first list does not block other requests.
_AT_ONCE = 500
# Searched in one go, which takes two milliseconds for the most words.
_SEARCHED_AT_ONCE = 1000
# Of all workspaces together; that of one workspace may be larger. A name takes about 500 bytes.
_MOST_NAMES = 200_000
# Of one workspace: a list for each combination of filters, which refers to the names.
_MOST_LISTS = 20


class Name(NamedTuple):
    """A user's name. Names compare in list order: case and accents are ignored, and ids decide between equal names."""

    full_name: str
    id: UUID
    email: str
    version: int

    def matches(self, words: Sequence[str]) -> bool:
        """Whether the name or the e-mail address contains every word."""
        return all(word in self.full_name or word in self.email for word in words)


class Listed(NamedTuple):
    """The users of a list in its order, as of a fingerprint."""

    fingerprint: Record
    names: Sequence[Name]


class Workspace:
    """The names of a workspace's users, and its lists by their filters."""

    def __init__(self) -> None:
        self.names: dict[UUID, Name] = {}
        self.lists: OrderedDict[frozenset[tuple[str, Any]], Listed] = OrderedDict()


class UserNames:
    """The names of recently listed workspaces."""

    def __init__(self, most_names: int = _MOST_NAMES) -> None:
        self._most_names = most_names
        self._workspaces: OrderedDict[UUID, Workspace] = OrderedDict()

    async def select(self, filters: Mapping[str, Any], words: Sequence[str], db: Transaction, keys: WorkspaceKeys) -> Sequence[Name]:
        """Those of the users that match the filters whose names have all the words (`rules.search_words`) as well, in the order of lists."""
        workspace = self._workspaces.setdefault(keys.workspace_id, Workspace())
        self._workspaces.move_to_end(keys.workspace_id)
        listed = await self._listed(workspace, filters, db, keys)
        self._evict()
        return await find(listed, words) if words else listed

    async def _listed(self, workspace: Workspace, filters: Mapping[str, Any], db: Transaction, keys: WorkspaceKeys) -> Sequence[Name]:
        fingerprint = await db.one(store.fingerprint_of_users(filters), **filters)
        wanted = frozenset(filters.items())
        kept = workspace.lists.get(wanted)
        if kept is None or kept.fingerprint != fingerprint:
            names = await self._names(workspace, await db.all(store.matching_users(filters), **filters), db, keys)
            kept = workspace.lists[wanted] = Listed(fingerprint, sorted(names))
            if len(workspace.lists) > _MOST_LISTS:
                workspace.lists.popitem(last=False)
        workspace.lists.move_to_end(wanted)
        return kept.names

    async def _names(self, workspace: Workspace, users: Sequence[Record], db: Transaction, keys: WorkspaceKeys) -> list[Name]:
        """The names of these users (`id` and `version`)."""
        names = workspace.names
        unknown = [user["id"] for user in users if (name := names.get(user["id"])) is None or name.version != user["version"]]
        for start in range(0, len(unknown), _AT_ONCE):
            for row in await db.all(store.sealed_names, ids=unknown[start : start + _AT_ONCE]):
                names[row["id"]] = _open(row, keys)
            await asyncio.sleep(0)
        return [names[user["id"]] for user in users if user["id"] in names]

    def _evict(self) -> None:
        """Forgets the workspaces that were listed least recently until the rest are small enough."""
        size = sum(len(workspace.names) for workspace in self._workspaces.values())
        while size > self._most_names and len(self._workspaces) > 1:
            _, evicted = self._workspaces.popitem(last=False)
            size -= len(evicted.names)


async def find(names: Sequence[Name], words: Sequence[str]) -> list[Name]:
    """The names that contain every word. Lets other requests go on meanwhile."""
    found: list[Name] = []
    for start in range(0, len(names), _SEARCHED_AT_ONCE):
        found += [name for name in names[start : start + _SEARCHED_AT_ONCE] if name.matches(words)]
        await asyncio.sleep(0)
    return found


def _open(row: Record, keys: WorkspaceKeys) -> Name:
    user = record.to_proto(row, keys)
    return Name(fold(user.full_name), row["id"], fold(user.email), row["version"])
