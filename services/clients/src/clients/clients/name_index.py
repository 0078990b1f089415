r"""One workspace's clients in memory: by last name and then first name, and by what lists are narrowed by. Case and accents do not affect the order.

An entry is one text, which says everything that a list has to know of a client: its last name, first name and id, the words that it is found by, the digests of
its tags, and birth date. Entries compare in list order. "\0\1de\1luca\0\1maria\0…\0 maria deluca luca\0#1f…\0@1980-02-03\0+" is one of an active client. Texts
take the least memory, compare fastest, and cost nothing when Python looks for reference cycles. Each word of the names that are sorted by has a mark before it,
which nobody can type: whatever it is, it is no tag, no birth date and none of the words that a client is found by.

All orders are kept, and changed one client at a time. So the first page, a far one, those of a birth date or of a prefix that many names have are cut out of a
list that is there. What has to be looked for among many (a tag, a longer prefix, several things at once) is looked for once, and the list that was found is kept,
too. What takes long is done in turns. Nobody's names or tags, however strange, make this much larger than it has to be: short lists have no parts of their own.
"""

import heapq
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, TypeAlias
from uuid import UUID

from chassis.encryption.blind_index import fold
from clients.clients import spellings
from clients.clients.turns import Turns

# Clients with a prefix of up to so many letters have a list, if those with a letter less are so many.
_LISTED_LETTERS = 6
_MANY = 100
_AT_ONCE = 1_000
_BETWEEN_LOOKS = 100
# Of what was looked for; together they are no longer than so many lists of all clients.
_MOST_KEPT = 32
_MOST_OF_ALL = 2

Entry: TypeAlias = str
_ACTIVE, _INACTIVE = "+", "-"
_TAG, _BORN = "#", "@"
# "\0@1980-02-03", before the last two characters.
_BORN_PLACE = slice(-14, -2)


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
        return [UUID(hex=entry.split("\0", 4)[3]) for entry in entries]


def new_entry(
    client_id: UUID, first_name: str, last_name: str, *, born: str = "", tags: Iterable[str] = (), is_active: bool = True
) -> Entry:
    last, first = ("".join(f"\1{word}" for word in fold(name).split()) for name in (last_name, first_name))
    traits = [_tag(tag) for tag in tags] + ([_born(born)] if born else [])
    words = spellings.words_of(first_name, last_name)
    return "\0".join(("", last, first, client_id.hex, words, *traits, _ACTIVE if is_active else _INACTIVE))


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
        self._active, self._inactive = _Orders(), _Orders()

    def __len__(self) -> int:
        return len(self._entries)

    def expect(self, changes: int) -> None:
        """Many changes will come: the orders are made anew by `settle`, which takes less than to change them so often."""
        if changes > max(_AT_ONCE, len(self) // 4):
            self.is_ready = False
            self._active, self._inactive = _Orders(), _Orders()

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
        active, inactive = _Orders(), _Orders()
        for entry in heapq.merge(*runs):
            (active if _is_active(entry) else inactive).append(entry)
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
        # Copies: others change the lists between two turns.
        copied = [[(entries.copy(), left) for entries, left in each] for each in found]
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

    def _orders_of(self, entry: Entry) -> "_Orders":
        return self._active if _is_active(entry) else self._inactive

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
            and (not query.tag or f"\0{_tag(query.tag)}\0" in entry)
            and (days is None or any(f"\0{_born(day)}\0" in entry for day in days))
        )


class _Orders:
    """Some clients in list order: all of them, those of each birth date, those of each frequent prefix, and those that were looked for last."""

    def __init__(self) -> None:
        self._everybody: list[Entry] = []
        self._lists: dict[str, list[Entry]] = {}
        self._kept: OrderedDict[tuple[str, ...], list[Entry]] = OrderedDict()

    def add(self, entry: Entry, insert: Callable[[list[Entry], Entry], None] = insort) -> None:
        insert(self._everybody, entry)
        if born := _born_of(entry):
            insert(self._lists.setdefault(born, []), entry)
        has_it: set[str] = set()
        for prefix in sorted(_prefixes(entry), key=len):
            entries = self._lists.get(prefix)
            if prefix in has_it:
                continue
            if entries is not None:
                insert(entries, entry)
            elif len(prefix) == 1 or len(self._lists.get(prefix[:-1], ())) >= _MANY:
                entries = self._lists[prefix] = [entry]
            if entries is not None and len(entries) == _MANY:
                has_it.update(self._split(prefix))
        for traits, entries in self._kept.items():
            if _has_all(entry, traits):
                insert(entries, entry)

    def _split(self, prefix: str) -> set[str]:
        """Makes the lists of all prefixes with a letter more, where there are none. Returns these prefixes."""
        made: dict[str, list[Entry]] = {}
        for entry in self._lists[prefix]:
            for longer in _prefixes(entry):
                if len(longer) == len(prefix) + 1 and longer.startswith(prefix) and longer not in self._lists:
                    made.setdefault(longer, []).append(entry)
        self._lists.update(made)
        return set(made).union(*(self._split(longer) for longer, entries in made.items() if len(entries) >= _MANY))

    def append(self, entry: Entry) -> None:
        """Adds what comes after all others."""
        self.add(entry, list.append)

    def remove(self, entry: Entry) -> None:
        _delete(self._everybody, entry)
        for trait in {_born_of(entry), *_prefixes(entry)} & self._lists.keys():
            _delete(self._lists[trait], entry)
            if not self._lists[trait]:
                del self._lists[trait]
        for traits, entries in self._kept.items():
            if _has_all(entry, traits):
                _delete(entries, entry)

    def keep(self, traits: Sequence[str], entries: list[Entry]) -> None:
        """Keeps the list of all clients with these traits."""
        self._kept[tuple(traits)] = entries
        while len(self._kept) > _MOST_KEPT or sum(map(len, self._kept.values())) > _MOST_OF_ALL * len(self._everybody):
            self._kept.popitem(last=False)

    def find(self, traits: Sequence[str]) -> tuple[list[Entry], list[str]]:
        """A list on which all clients with these traits are, the shortest there is, and what its entries have to hold besides."""
        if (kept := self._kept.get(tuple(traits))) is not None:
            self._kept.move_to_end(tuple(traits))
            return kept, []
        entries, left = self._everybody, [_in_entry(trait) for trait in traits]
        for trait in traits:
            of_trait, is_its_own = self._list_of(trait)
            if len(of_trait) <= len(entries):
                entries = of_trait
                left = [_in_entry(other) for other in traits if other != trait or not is_its_own]
        return entries, left

    def _list_of(self, trait: str) -> tuple[list[Entry], bool]:
        """The shortest list on which all with this trait are, and whether there is nobody else."""
        if trait[0] == _TAG:
            return self._everybody, False
        if trait[0] == _BORN:
            return self._lists.get(trait, []), True
        entries = self._everybody
        for length in range(1, min(len(trait), _LISTED_LETTERS) + 1):
            longer = self._lists.get(trait[:length])
            if longer is None:
                # Of a long list all parts are there. A short one has none.
                return ([], True) if length == 1 or len(entries) >= _MANY else (entries, False)
            entries = longer
        return entries, len(trait) <= _LISTED_LETTERS


# A trait is a tag, a birth date, or the beginning of a word, which has letters and digits only.


def _tag(tag: str) -> str:
    """Always as short, whatever people write."""
    return _TAG + blake2b(tag.encode(), digest_size=8).hexdigest()


def _born(day: str) -> str:
    return _BORN + day


def _in_entry(trait: str) -> str:
    """Words have a space before them."""
    return f"\0{trait}\0" if trait[0] in (_TAG, _BORN) else f" {trait}"


def _has_all(entry: Entry, traits: Iterable[str]) -> bool:
    return all(_in_entry(trait) in entry for trait in traits)


def _prefixes(entry: Entry) -> set[str]:
    """The beginnings of its words that may have a list."""
    words = entry.split("\0", 5)[4].split()
    return {word[:length] for word in words for length in range(1, min(len(word), _LISTED_LETTERS) + 1)}


def _born_of(entry: Entry) -> str:
    """The birth date, as a trait; empty for none."""
    start = entry[_BORN_PLACE]
    return start[1:] if start[:2] == "\0" + _BORN else ""


def _delete(entries: list[Entry], entry: Entry) -> None:
    del entries[bisect_left(entries, entry)]


def _is_active(entry: Entry) -> bool:
    return entry[-1] == _ACTIVE


def _wanted(query: ClientQuery) -> Iterator[list[str]]:
    """The traits that a client has to have: all those of one of the lists."""
    tag = [_tag(query.tag)] if query.tag else []
    for reading in query.readings:
        for day in [[]] if query.born is None else [[_born(day)] for day in sorted(query.born)]:
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
    """The entries of all the lists, and some others in order, each once."""
    united, *further = sorted(lists, key=len, reverse=True) or [[]]
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
