"""One workspace's clients by last name and then first name, in memory. Case and accents do not affect the order."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from chassis.encryption.blind_index import fold, words

# With more changes than this, sorting all entries again is faster than inserting each one.
MAX_INSERTS = 100


class Entry(NamedTuple):
    """One client. Entries compare in list order: by last name, first name and id, both names folded.

    `words` holds the folded words of the full name, each with a space before it, so that " ann" finds a prefix.
    """

    last_name: str
    first_name: str
    id: UUID
    words: str


class Change(NamedTuple):
    """One changed client. `entry` is None if the client was erased."""

    id: UUID
    revision: int
    entry: Entry | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class ClientQuery:
    """Which clients a list shows."""

    include_inactive: bool = False
    # The only clients that can match. None means all clients.
    candidates: frozenset[UUID] | None = None
    # The client's name has a word with each of these prefixes, unless the client is one of `exact_matches`.
    prefixes: tuple[str, ...] = ()
    # The clients whose whole e-mail address or phone number was searched for.
    exact_matches: frozenset[UUID] = frozenset()


def new_entry(client_id: UUID, first_name: str, last_name: str) -> Entry:
    return Entry(
        last_name=" ".join(fold(last_name).split()),
        first_name=" ".join(fold(first_name).split()),
        id=client_id,
        words="".join(f" {word}" for word in (*words(first_name), *words(last_name))),
    )


class NameIndex:
    """All clients of a workspace as of `revision`. No method awaits, so no reader sees a half-applied change."""

    def __init__(self) -> None:
        self.revision = 0
        self._entries: dict[UUID, Entry] = {}
        self._inactive: set[UUID] = set()
        self._all: list[Entry] = []
        self._active: list[Entry] = []
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._entries)

    def apply(self, changes: Sequence[Change]) -> None:
        """Applies the changes, which come by ascending revision, and sets `revision` to the last one's."""
        if len(changes) > MAX_INSERTS:
            self._is_sorted = False
        for change in changes:
            self._remove(change.id)
            if change.entry is not None:
                self._add(change.entry, is_active=change.is_active)
            self.revision = change.revision

    def select(self, query: ClientQuery) -> Sequence[Entry]:
        """The entries that match the query, in list order."""
        self._sort()
        if query.candidates is not None:
            indexed = (self._entries[client_id] for client_id in query.candidates if client_id in self._entries)
            selected = sorted(e for e in indexed if query.include_inactive or e.id not in self._inactive)
        else:
            selected = self._all if query.include_inactive else self._active
        for prefix in query.prefixes:
            start, exact = f" {prefix}", query.exact_matches
            selected = [e for e in selected if start in e.words or (exact and e.id in exact)]
        return selected

    def _add(self, new: Entry, *, is_active: bool) -> None:
        self._entries[new.id] = new
        if not is_active:
            self._inactive.add(new.id)
        if self._is_sorted:
            insort(self._all, new)
            if is_active:
                insort(self._active, new)

    def _remove(self, client_id: UUID) -> None:
        old = self._entries.pop(client_id, None)
        if old is None:
            return
        if self._is_sorted:
            del self._all[bisect_left(self._all, old)]
            if client_id not in self._inactive:
                del self._active[bisect_left(self._active, old)]
        self._inactive.discard(client_id)

    def _sort(self) -> None:
        if not self._is_sorted:
            self._all = sorted(self._entries.values())
            self._active = [e for e in self._all if e.id not in self._inactive]
            self._is_sorted = True
