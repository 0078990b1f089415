"""The orders in which some clients of a workspace are kept, so that a page is cut out of a list that is there.

A list of all of them, one of each birth date, one of each prefix that many names have, and those that were looked for last. Nobody's names or tags, however strange, make
this much larger than it has to be: short lists have no parts of their own.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Sequence

from clients.clients.entries import BORN, LISTED_LETTERS, TAG, Entry, born_trait_of, has_all, in_entry, prefixes_of

# Clients with a prefix have a list, if those with a letter less are so many.
MANY = 100
# Of what was looked for; together they are no longer than so many lists of all clients.
_MOST_KEPT = 32
_MOST_OF_ALL = 2


class Orders:
    """Some clients in list order: all of them, those of each birth date, those of each frequent prefix, and those that were looked for last."""

    def __init__(self) -> None:
        self._everybody: list[Entry] = []
        self._lists: dict[str, list[Entry]] = {}
        self._kept: OrderedDict[tuple[str, ...], list[Entry]] = OrderedDict()

    def add(self, entry: Entry, insert: Callable[[list[Entry], Entry], None] = insort) -> None:
        insert(self._everybody, entry)
        if born := born_trait_of(entry):
            insert(self._lists.setdefault(born, []), entry)
        has_it: set[str] = set()
        for prefix in sorted(prefixes_of(entry), key=len):
            entries = self._lists.get(prefix)
            if prefix in has_it:
                continue
            if entries is not None:
                insert(entries, entry)
            elif len(prefix) == 1 or len(self._lists.get(prefix[:-1], ())) >= MANY:
                entries = self._lists[prefix] = [entry]
            if entries is not None and len(entries) == MANY:
                has_it.update(self._split(prefix))
        for traits, entries in self._kept.items():
            if has_all(entry, traits):
                insert(entries, entry)

    def _split(self, prefix: str) -> set[str]:
        """Makes the lists of all prefixes with a letter more, where there are none. Returns these prefixes."""
        made: dict[str, list[Entry]] = {}
        for entry in self._lists[prefix]:
            for longer in prefixes_of(entry):
                if len(longer) == len(prefix) + 1 and longer.startswith(prefix) and longer not in self._lists:
                    made.setdefault(longer, []).append(entry)
        self._lists.update(made)
        return set(made).union(*(self._split(longer) for longer, entries in made.items() if len(entries) >= MANY))

    def append(self, entry: Entry) -> None:
        """Adds what comes after all others."""
        self.add(entry, list.append)

    def remove(self, entry: Entry) -> None:
        _delete(self._everybody, entry)
        for trait in {born_trait_of(entry), *prefixes_of(entry)} & self._lists.keys():
            _delete(self._lists[trait], entry)
            if not self._lists[trait]:
                del self._lists[trait]
        for traits, entries in self._kept.items():
            if has_all(entry, traits):
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
        entries, left = self._everybody, [in_entry(trait) for trait in traits]
        for trait in traits:
            of_trait, is_its_own = self._list_of(trait)
            if len(of_trait) <= len(entries):
                entries = of_trait
                left = [in_entry(other) for other in traits if other != trait or not is_its_own]
        return entries, left

    def _list_of(self, trait: str) -> tuple[list[Entry], bool]:
        """The shortest list on which all with this trait are, and whether there is nobody else."""
        if trait[0] == TAG:
            return self._everybody, False
        if trait[0] == BORN:
            return self._lists.get(trait, []), True
        entries = self._everybody
        for length in range(1, min(len(trait), LISTED_LETTERS) + 1):
            longer = self._lists.get(trait[:length])
            if longer is None:
                # Of a long list all parts are there. A short one has none.
                return ([], True) if length == 1 or len(entries) >= MANY else (entries, False)
            entries = longer
        return entries, len(trait) <= LISTED_LETTERS


def _delete(entries: list[Entry], entry: Entry) -> None:
    del entries[bisect_left(entries, entry)]
