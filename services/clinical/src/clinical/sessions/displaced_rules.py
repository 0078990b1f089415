"""What a save takes out of a text that its author may never have read. Pure functions."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from clinical.sessions.rules import APART, TEXTS, goes_on, is_same_text, is_visible

_BLANK_LINES = re.compile(r"\n\s*\n")
_SPACE = re.compile(r"\s")
# Scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Chinese and Japanese, with their punctuation.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def displaced(before: Mapping[str, Any], sent: Mapping[str, Any], *, typed: Collection[str], same_sign_in: bool) -> dict[str, str]:
    """The words that a save takes out, by the names of their texts. `typed` are the texts that nothing else keeps; `before` says what was there.

    Whoever only deletes, in one field, what the same sign-in has saved, means it: nothing is kept of that. A save that also writes something,
    there or in another field, may come from a tab that has never shown what it takes out.
    """
    changed = {name for name, value in sent.items() if not _is_same(name, value, before.get(name))}
    found = {}
    for name in TEXTS:
        if name not in changed or name not in typed:
            continue
        words = _removed(before.get(name) or "", sent[name] or "")
        is_meant = same_sign_in and len(changed) == 1 and goes_on(before[name] or "", sent[name] or "")
        if words is not None and not is_meant:
            found[name] = words
    return found


def collected(kept: str | None, words: str) -> str:
    """What a copy of such words says with these: each once, and none that is only the beginning of others."""
    # Plain searches: with a regular expression for each part, an autosave beside a copy that is nearly full took up to 300 ms.
    new, known = _apart(words), _apart(kept or "")
    if kept and new in known:
        return kept
    parts = [part for part in (kept or "").split(APART) if part and not (_goes_on_from(words, part) or _apart(part) in new)]
    return APART.join([*parts, words])


def _apart(text: str) -> str:
    """The text with one kind of space, also around it: another one is in it if it has those words, and not only as parts of others."""
    return f" {_SPACE.sub(' ', text)} "


def _goes_on_from(words: str, part: str) -> bool:
    """Whether somebody has typed on after the part. Not where its last word has become another one: "nothing" says no "no"."""
    if not words.startswith(part):
        return False
    return not (part[-1].isalnum() and words[len(part) : len(part) + 1].isalnum()) or _is_between_words(words, len(part))


def _is_same(name: str, one: Any, other: Any) -> bool:
    return is_same_text(one, other) if name in TEXTS else one == other


def _removed(before: str, after: str) -> str | None:
    """Of `before`, from its first difference to its last, in whole words. None where nothing that can be seen is missing in `after`."""
    shorter = min(len(before), len(after))
    start = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    same = next((back for back in range(shorter - start) if before[-1 - back] != after[-1 - back]), shorter - start)
    end = len(before) - same
    if not any(map(is_visible, before[start:end])):
        return None
    while before[start].isspace():
        start += 1
    while before[end - 1].isspace():
        end -= 1
    while not _is_between_words(before, start):
        start -= 1
    while not _is_between_words(before, end):
        end += 1
    words = _BLANK_LINES.sub("\n", before[start:end].strip())
    return None if _apart(words) in _apart(after) else words


def _is_between_words(text: str, place: int) -> bool:
    """Whether no word goes on over this place. Of what is written without spaces every letter counts as a word: whole words would be whole paragraphs."""
    beside = text[max(place - 1, 0) : place + 1]
    return place in {0, len(text)} or any(letter.isspace() or _UNSPACED.match(letter) for letter in beside)
