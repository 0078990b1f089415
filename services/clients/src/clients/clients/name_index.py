"""One workspace's clients in memory: by last name and then first name, and by what lists are narrowed by. Case and accents do not affect the order.

All orders are kept, and changed one client at a time (see orders.py). So the first page, a far one, those of a birth date or of a prefix that many names have are cut out of a
list that is there. What has to be looked for among many (a tag, a longer prefix, several things at once) is looked for once, and the list that was found is kept,
too. What takes long is done in turns.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from clients.clients.entries import Entry, born_trait, id_of, is_active_entry, tag_trait
from clients.clients.orders import Orders
from clients.clients.turns import Turns

_AT_ONCE = 1_000
_BETWEEN_LOOKS = 100


class Change(NamedTuple):
    """One changed client, as of this version of it. `entry` and `sealed_name` are None if the client was erased."""

    id: UUID
    revision: int
    version: int
    entry: Entry | None
    sealed_name: bytes | None = None


@dataclass(frozen=True, slots=True)
class ClientQuery:
    """Which clients a list shows."""

    include_inactive: bool = False
    tag: str = ""
    # The client's name has a word with each of these prefixes, in one of these readings. The empty reading is everybody's.
    readings: tuple[tuple[str, ...], ...] = ((),)
    # The client was born on one of these days; None asks for none.
    born: frozenset[str] | None = None
    # The clients whose whole e-mail address, phone number or external id was searched for.
    exact_matches: frozenset[UUID] = frozenset()
    # An exact match has to be born on one of the days, too.
    narrows_exact_matches: bool = True
    # Clients of whom a list tells the name alone: no tag and no birth date finds them.
    hidden: frozenset[UUID] = frozenset()


class Selection:
    """The clients that match a query, in list order."""

    def __init__(self, parts: Iterable[Sequence[Entry]]) -> None:
        self._parts = [part for part in parts if part]

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def page(self, offset: int, limit: int) -> list[UUID]:
        """The ids on a page. A copy: others change the index afterwards."""
        if len(self._parts) < 2:
            entries: Iterable[Entry] = self._parts[0][offset : offset + limit] if self._parts else ()
        else:
            one, other = self._parts
            of_one = _of_first(one, other, offset)
            of_other = offset - of_one
            entries = islice(heapq.merge(one[of_one : of_one + limit], other[of_other : of_other + limit]), limit)
        return [id_of(entry) for entry in entries]


class NameIndex:
    """All clients of a workspace as of `revision`, the last change of which was `newest`.

    Who changes it is alone in this. Between two turns of a change it shows the clients as of an earlier revision; it is not `is_ready` while
    its orders are being made. What is selected is of one revision.
    """

    def __init__(self) -> None:
        self.revision = 0
        self.newest: Change | None = None
        self.is_ready = False
        self._entries: dict[bytes, Entry] = {}
        self._active, self._inactive = Orders(), Orders()

    def __len__(self) -> int:
        return len(self._entries)

    def expect(self, changes: int) -> None:
        """Many changes will come: the orders are made anew by `settle`, which takes less than to change them so often."""
        if changes > max(_AT_ONCE, len(self) // 4):
            self.is_ready = False
            self._active, self._inactive = Orders(), Orders()

    async def apply(self, changes: Iterable[Change]) -> None:
        """Applies the changes, which come by ascending revision."""
        turns = Turns()
        for change in changes:
            client_id = change.id.bytes
            old = self._entries.pop(client_id, None)
            if change.entry is not None:
                self._entries[client_id] = change.entry
            if self.is_ready:
                if old is not None:
                    self._orders_of(old).remove(old)
                if change.entry is not None:
                    self._orders_of(change.entry).add(change.entry)
            self.revision, self.newest = change.revision, change._replace(entry=None)
            await turns.give_way()

    async def settle(self) -> None:
        """Makes the orders, if they are not there."""
        if self.is_ready:
            return
        turns, entries, runs = Turns(), list(self._entries.values()), []
        for start in range(0, len(entries), _AT_ONCE):
            runs.append(sorted(entries[start : start + _AT_ONCE]))
            await turns.give_way()
        active, inactive = Orders(), Orders()
        for entry in heapq.merge(*runs):
            (active if is_active_entry(entry) else inactive).append(entry)
            await turns.give_way()
        self._active, self._inactive, self.is_ready = active, inactive, True

    async def select(self, query: ClientQuery) -> Selection:
        """The clients that match the query, as of the revision at which this was called."""
        shown = [self._active, self._inactive] if query.include_inactive else [self._active]
        wanted = list(_wanted(query))
        found = [[orders.find(traits) for traits in wanted] for orders in shown]
        exact, hidden = self._exact(query), self._hidden(query)
        if not exact and not hidden and len(wanted) < 2 and not any(left for each in found for _, left in each):
            return Selection(entries for each in found for entries, _ in each)
        # Copies: others change the lists between two turns. One of each list, however many readings look through it.
        copies = {id(entries): entries.copy() for each in found for entries, _ in each}
        copied = [[(copies[id(entries)], left) for entries, left in each] for each in found]
        turns, parts, revision = Turns(), [], self.revision
        for each, orders in zip(copied, shown, strict=True):
            filtered = []
            for (entries, left), traits in zip(each, wanted, strict=True):
                filtered.append(await _filtered(entries, left, turns))
                if len(entries) > _AT_ONCE and left and self.revision == revision:
                    orders.keep(traits, filtered[-1].copy())
            united = await _united(filtered, (entry for entry in exact if self._orders_of(entry) is orders), turns)
            parts.append(await _without(hidden, united, turns))
        return Selection(parts)

    def _orders_of(self, entry: Entry) -> Orders:
        return self._active if is_active_entry(entry) else self._inactive

    def _hidden(self, query: ClientQuery) -> list[Entry]:
        """The entries that must not be found by what the query asks for."""
        if not query.tag and query.born is None:
            return []
        return [entry for client_id in query.hidden if (entry := self._entries.get(client_id.bytes)) is not None]

    def _exact(self, query: ClientQuery) -> list[Entry]:
        """The entries of the exact matches that have the query's tag and birth date."""
        entries = (self._entries.get(client_id.bytes) for client_id in query.exact_matches)
        days = query.born if query.narrows_exact_matches else None
        return sorted(
            entry
            for entry in entries
            if entry is not None
            and (not query.tag or f"\0{tag_trait(query.tag)}\0" in entry)
            and (days is None or any(f"\0{born_trait(day)}\0" in entry for day in days))
        )


def _wanted(query: ClientQuery) -> Iterator[list[str]]:
    """The traits that a client has to have: all those of one of the lists."""
    tag = [tag_trait(query.tag)] if query.tag else []
    for reading in query.readings:
        for day in [[]] if query.born is None else [[born_trait(day)] for day in sorted(query.born)]:
            yield [*reading, *tag, *day]


async def _filtered(entries: list[Entry], wanted: Sequence[str], turns: Turns) -> list[Entry]:
    """The entries that hold all that is wanted."""
    if not wanted:
        return entries
    filtered = []
    for start in range(0, len(entries), _BETWEEN_LOOKS):
        filtered += [entry for entry in entries[start : start + _BETWEEN_LOOKS] if all(text in entry for text in wanted)]
        await turns.give_way()
    return filtered


async def _united(lists: Iterable[list[Entry]], others: Iterable[Entry], turns: Turns) -> list[Entry]:
    """The entries of all the lists, and some others in order, each once. The longest of the lists becomes this one."""
    united, *further = sorted({id(entries): entries for entries in lists}.values(), key=len, reverse=True) or [[]]
    for entry in heapq.merge(*further, others):
        place = bisect_left(united, entry)
        if place == len(united) or united[place] != entry:
            united.insert(place, entry)
        await turns.give_way()
    return united


async def _without(hidden: Iterable[Entry], entries: list[Entry], turns: Turns) -> list[Entry]:
    """Takes those that are hidden out of the list, which is in order."""
    for entry in hidden:
        place = bisect_left(entries, entry)
        if place < len(entries) and entries[place] == entry:
            del entries[place]
        await turns.give_way()
    return entries


def _of_first(one: Sequence[Entry], other: Sequence[Entry], number: int) -> int:
    """How many of the first `number` entries of both lists together are of the first list."""
    least, most = max(0, number - len(other)), min(number, len(one))
    return least + bisect_left(range(least, most), True, key=lambda taken: one[taken] > other[number - taken - 1])
