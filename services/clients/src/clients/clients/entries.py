r"""What a list has to know of a client, as one text: its last name, first name and id, the words that it is found by, the digests of its tags, and birth date.

Entries compare in list order. "\0\1de\1luca\0\1maria\0…\0 maria deluca luca\0#1f…\0@1980-02-03\0+" is one of an active client. Texts take the least memory,
compare fastest, and cost nothing when Python looks for reference cycles. Each word of the names that are sorted by has a mark before it, which nobody can type:
whatever it is, it is no tag, no birth date and none of the words that a client is found by.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import TypeAlias
from uuid import UUID

from chassis.encryption.blind_index import fold
from clients.clients import spellings

# Prefixes of up to so many letters are looked for in lists of their own.
LISTED_LETTERS = 6

Entry: TypeAlias = str
_ACTIVE, _INACTIVE = "+", "-"
TAG, BORN = "#", "@"
# "\0@1980-02-03", before the last two characters.
_BORN_PLACE = slice(-14, -2)


def new_entry(
    client_id: UUID, first_name: str, last_name: str, *, born: str = "", tags: Iterable[str] = (), is_active: bool = True
) -> Entry:
    last, first = ("".join(f"\1{word}" for word in fold(name).split()) for name in (last_name, first_name))
    traits = [tag_trait(tag) for tag in tags] + ([born_trait(born)] if born else [])
    words = spellings.words_of(first_name, last_name)
    return "\0".join(("", last, first, client_id.hex, words, *traits, _ACTIVE if is_active else _INACTIVE))


def is_active_entry(entry: Entry) -> bool:
    return entry[-1] == _ACTIVE


def id_of(entry: Entry) -> UUID:
    return UUID(hex=entry.split("\0", 4)[3])


# A trait is a tag, a birth date, or the beginning of a word, which has letters and digits only.


def tag_trait(tag: str) -> str:
    """Always as short, whatever people write."""
    return TAG + blake2b(tag.encode(), digest_size=8).hexdigest()


def born_trait(day: str) -> str:
    return BORN + day


def in_entry(trait: str) -> str:
    """Words have a space before them."""
    return f"\0{trait}\0" if trait[0] in (TAG, BORN) else f" {trait}"


def has_all(entry: Entry, traits: Iterable[str]) -> bool:
    return all(in_entry(trait) in entry for trait in traits)


def prefixes_of(entry: Entry) -> set[str]:
    """The beginnings of its words that may have a list."""
    words = entry.split("\0", 5)[4].split()
    return {word[:length] for word in words for length in range(1, min(len(word), LISTED_LETTERS) + 1)}


def born_trait_of(entry: Entry) -> str:
    """The birth date, as a trait; empty for none."""
    start = entry[_BORN_PLACE]
    return start[1:] if start[:2] == "\0" + BORN else ""
