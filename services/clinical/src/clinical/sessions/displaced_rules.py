"""What a save takes out of a text that its author may never have read. Pure functions."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from clinical.sessions.rules import APART, TEXTS, is_same_text, is_visible

_BLANK_LINES = re.compile(r"\n\s*\n")
_SPACE = re.compile(r"\s")
# Scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Chinese and Japanese, with their punctuation.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a save took words out and wrote none. What is left of them is between the places, which count what is no space."""

    start: int
    end: int
    # Of the text that the save has left. The places are of no other.
    text_hash: bytes


@dataclass(frozen=True, slots=True)
class Removal:
    """Words that a save takes out of a text: those from `start` to `end` of it, whole."""

    before: str = field(repr=False)
    after: str = field(repr=False)
    start: int
    end: int
    only_deletes: bool

    @property
    def words(self) -> str:
        return _paragraph(self.before[self.start : self.end])

    @property
    def gap(self) -> Gap | None:
        """Where words that are taken out next belong to these; None where something was written in their place."""
        if not self.only_deletes:
            return None
        behind = len(_signs(self.before[self.end :]))
        return Gap(len(_signs(self.before[: self.start])), len(_signs(self.after)) - behind, _hash(self.after))

    def is_beside(self, gap: Gap) -> bool:
        """Whether the words are taken out where the gap is, and nothing was written since it came about."""
        start, end = (len(_signs(self.before[:place])) for place in (self.start, self.end))
        return start <= gap.end and end >= gap.start and _hash(self.before) == gap.text_hash


def displaced(before: Mapping[str, Any], sent: Mapping[str, Any], *, typed: Collection[str]) -> dict[str, Removal]:
    """What a save takes out, by the names of its texts. `typed` are those that nothing else keeps; `before` says what was there.

    Nobody can tell from a save whether it comes from the tab that has shown what it takes out, so all of it is kept, also what is only deleted.
    """
    found = {name: _removed(before.get(name) or "", sent[name] or "") for name in TEXTS if name in sent and name in typed}
    return {name: removal for name, removal in found.items() if removal is not None and not is_same_text(removal.before, removal.after)}


def collected(kept: str | None, removal: Removal, gap: Gap | None = None) -> tuple[str, Gap | None]:
    """What a copy of such words says with these: each once, none that is only the beginning of others, and none that the note says again.

    `gap` is where the save before took out the last words of the copy. What is taken out beside them goes on from them. Also returns where that is now.
    """
    words, parts = removal.words, (kept or "").split(APART)
    if kept and gap is not None and removal.is_beside(gap):
        words = _joined(parts.pop(), removal, gap)
    # Plain searches: with a regular expression for each part, an autosave beside a copy that is nearly full took up to 300 ms.
    new, said = _apart(words), _apart(removal.after)
    known = {part: apart for part in parts if part and (apart := _apart(part)) not in said}
    if any(new in apart for apart in known.values()):
        return APART.join(known), None
    return APART.join([*(part for part, apart in known.items() if not (_goes_on_from(words, part) or apart in new)), words]), removal.gap


def _joined(last: str, removal: Removal, gap: Gap) -> str:
    """The words that were taken out last, with those before and behind the gap that are taken out now."""
    # A gap has two edges in the text, each with the space beside it.
    places = [place for place, sign in enumerate(removal.before) if not sign.isspace()]
    ahead = removal.before[removal.start : places[gap.start]] if gap.start < len(places) else removal.before[removal.start :]
    behind = removal.before[places[gap.end - 1] + 1 : removal.end] if gap.end else removal.before[: removal.end]
    return _paragraph(_beside(_beside(ahead, last), behind))


def _beside(one: str, other: str) -> str:
    """The one text and the other, as words of their own where neither has a space and the script has some."""
    if not one.strip() or not other.strip():
        return one.strip() or other.strip()
    is_apart = any(sign.isspace() or _UNSPACED.match(sign) for sign in (one[-1], other[0]))
    return f"{one}{'' if is_apart else ' '}{other}"


def _paragraph(text: str) -> str:
    """The text without blank lines, which are between one part of a copy and another."""
    return _BLANK_LINES.sub("\n", text.strip())


def _signs(text: str) -> str:
    return "".join(text.split())


def _hash(text: str) -> bytes:
    return blake2b(_signs(text).encode(), digest_size=16).digest()


def _apart(text: str) -> str:
    """The text with one kind of space, also around it: another one is in it if it has those words, and not only as parts of others."""
    return f" {_SPACE.sub(' ', text)} "


def _goes_on_from(words: str, part: str) -> bool:
    """Whether somebody has typed on after the part. Not where its last word has become another one: "nothing" says no "no"."""
    if not words.startswith(part):
        return False
    beside = words[len(part) - 1 : len(part) + 1]
    return not all(sign.isalnum() or _is_mark(sign) for sign in beside) or _is_between_words(words, len(part))


def _removed(before: str, after: str) -> Removal | None:
    """Of `before`, from its first difference to its last, in whole words. None where nothing that can be seen is missing in `after`."""
    shorter = min(len(before), len(after))
    start = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    same = next((back for back in range(shorter - start) if before[-1 - back] != after[-1 - back]), shorter - start)
    only_deletes, end = start + same == len(after), len(before) - same
    if not any(is_visible(sign) or _is_mark(sign) for sign in before[start:end]):
        return None
    while before[start].isspace():
        start += 1
    while before[end - 1].isspace():
        end -= 1
    while not _is_between_words(before, start):
        start -= 1
    while not _is_between_words(before, end):
        end += 1
    removal = Removal(before, after, start, end, only_deletes)
    return None if _apart(removal.words) in _apart(after) else removal


def _is_between_words(text: str, place: int) -> bool:
    """Whether no word goes on over this place. Of what is written without spaces every letter counts as a word: whole words would be whole paragraphs."""
    if place in {0, len(text)}:
        return True
    beside = text[place - 1 : place + 1]
    return not _is_mark(text[place]) and any(letter.isspace() or _UNSPACED.match(letter) for letter in beside)


def _is_mark(sign: str) -> bool:
    """Whether a character is a part of the letter before it: an accent, a vowel's sign. It shows nothing alone, and words differ by it."""
    return unicodedata.category(sign)[0] == "M"
