"""A workspace's clients by last, then first name, in memory: names sort by what is said, not by how it is spelled."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from chassis.encryption.blind_index import fold, words

# Above this many changes at once, sorting anew costs less than finding each one's place.
FEW = 100


class Entry(NamedTuple):
    """One client, comparing by its place in the list. `words` are those of the name, each after a space."""

    last: str
    first: str
    id: UUID
    words: str


class Change(NamedTuple):
    """What became of a client: its new entry, or None when it was erased."""

    id: UUID
    revision: int
    entry: Entry | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clients a list is to show."""

    include_inactive: bool = False
    # No others need be looked at; None for everyone.
    among: frozenset[UUID] | None = None
    # The beginnings of words that a name must have, every one of them …
    beginnings: tuple[str, ...] = ()
    # … but for those, who were found by something else than their names.
    found: frozenset[UUID] = frozenset()


def entry(client_id: UUID, first_name: str, last_name: str) -> Entry:
    return Entry(
        last=" ".join(fold(last_name).split()),
        first=" ".join(fold(first_name).split()),
        id=client_id,
        words="".join(f" {word}" for word in (*words(first_name), *words(last_name))),
    )


class Order:
    """Everyone in order as of one revision of the directory. Nothing here waits, so no reader sees half a change."""

    def __init__(self) -> None:
        self.revision = 0
        self._entries: dict[UUID, Entry] = {}
        self._inactive: set[UUID] = set()
        self._everyone: list[Entry] = []
        self._active: list[Entry] = []
        self._sorted = True

    def __len__(self) -> int:
        return len(self._entries)

    def apply(self, changes: Sequence[Change]) -> None:
        """Brings the order up to the last of the changes, which come by ascending revision."""
        if len(changes) > FEW:
            self._sorted = False
        for change in changes:
            self._remove(change.id)
            if change.entry is not None:
                self._add(change.entry, is_active=change.is_active)
            self.revision = change.revision

    def select(self, wanted: Wanted) -> Sequence[Entry]:
        """Those wanted, in order."""
        self._sort()
        if wanted.among is not None:
            known = (self._entries[client_id] for client_id in wanted.among if client_id in self._entries)
            listed = sorted(e for e in known if wanted.include_inactive or e.id not in self._inactive)
        else:
            listed = self._everyone if wanted.include_inactive else self._active
        for beginning in wanted.beginnings:
            sought, found = f" {beginning}", wanted.found
            listed = [e for e in listed if sought in e.words or (found and e.id in found)]
        return listed

    def _add(self, new: Entry, *, is_active: bool) -> None:
        self._entries[new.id] = new
        if not is_active:
            self._inactive.add(new.id)
        if self._sorted:
            insort(self._everyone, new)
            if is_active:
                insort(self._active, new)

    def _remove(self, client_id: UUID) -> None:
        old = self._entries.pop(client_id, None)
        if old is None:
            return
        if self._sorted:
            del self._everyone[bisect_left(self._everyone, old)]
            if client_id not in self._inactive:
                del self._active[bisect_left(self._active, old)]
        self._inactive.discard(client_id)

    def _sort(self) -> None:
        if not self._sorted:
            self._everyone = sorted(self._entries.values())
            self._active = [e for e in self._everyone if e.id not in self._inactive]
            self._sorted = True
