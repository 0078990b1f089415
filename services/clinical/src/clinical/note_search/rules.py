"""What a word of a note is, and what a search text asks for.

A word is a run of letters and digits; anything else parts words, hyphens, points and slashes included. Case, accents and the shape of a letter
make no difference ("Café" is "cafe", a Hebrew final letter is the ordinary one, vowel points are dropped). An apostrophe both joins and
parts: "l'épaule" is found by "lepaule", "l" and "epaule". An umlaut is found without its dots and written out: "Müller" is "muller" and "mueller".
A German compound is found by its beginning alone. Characters that show nothing, like the soft hyphen, are left out.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from chassis.encryption.blind_index import fold
from chassis.errors import Fault, Invalid
from chassis.unicode_forms import normalized

MOST_CHARACTERS = 200
MOST_WORDS = 8
# Longer words are told apart by their beginnings.
MOST_LETTERS = 60
# The last result that can be asked for by page: who wants more narrows the search.
DEEPEST = 5_000

_WORD = re.compile(r"[^\W_]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bb\u02bc\u05f3\u05f4\uff07]")
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_UMLAUT = re.compile("[äöüÄÖÜ]")
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
_FINAL_LETTERS = str.maketrans("ךםןףץ", "כמנפצ")


@dataclass(frozen=True)
class Search:
    """What a note has to have: of each entry a word that begins with one of its spellings."""

    words: tuple[tuple[str, ...], ...] = field(repr=False)

    def finds(self, text: str) -> bool:
        """Whether a note with this text is found."""
        if not text.isascii():
            return self.finds_words(words(text))
        # As `words` would say, in a tenth of the time.
        plain = text.lower()
        forms = (plain.replace("'", ""), plain.replace("'", " ")) if "'" in plain else (plain,)
        return all(any(pattern.search(form) for form in forms) for pattern in self._patterns)

    def finds_words(self, words: Iterable[str]) -> bool:
        """The same of a note's words."""
        kept = tuple(words)
        return all(any(word.startswith(spellings) for word in kept) for spellings in self.words)

    @cached_property
    def _patterns(self) -> Sequence[re.Pattern[str]]:
        return [re.compile(rf"(?<![^\W_])(?:{'|'.join(spellings)})") for spellings in self.words]


def words(text: str) -> AbstractSet[str]:
    """The words that a text is found by."""
    clear = _clear(text)
    found = set(_WORD.findall(clear.replace("'", "")))
    if "'" in clear:
        found.update(_WORD.findall(clear))
    if not text.isascii():
        # One pattern for words with an umlaut would try anew at every letter of a long word without one.
        for word in _WORD.findall(normalized("NFC", text)):
            if _UMLAUT.search(word):
                found.update(_WORD.findall(_clear(word.translate(_WRITTEN_OUT))))
    return {word[:MOST_LETTERS] for word in found}


def search(text: str) -> Search:
    """What a search text asks for. Invalid for one that is too long, has too many words or none."""
    if len(text) > MOST_CHARACTERS:
        raise _invalid(f"must have at most {MOST_CHARACTERS} characters")
    asked = [
        tuple(dict.fromkeys(word[:MOST_LETTERS] for word in spellings))
        for spellings in zip(_joined(text), _joined(normalized("NFC", text).translate(_WRITTEN_OUT)), strict=True)
    ]
    asked = list(dict.fromkeys(asked))
    if not asked:
        raise _invalid("must have a letter or a digit")
    if len(asked) > MOST_WORDS:
        raise _invalid(f"must have at most {MOST_WORDS} words")
    return Search(tuple(asked))


def check_depth(last: int) -> None:
    """Raises Invalid for a page that ends further down than results are put in order."""
    if last > DEEPEST:
        raise Invalid(
            "search_too_deep",
            "The list of results is put in order up to a limit; search for more words to make it shorter.",
            faults=[Fault("/page", f"must end at result {DEEPEST} or before")],
        )


def _joined(text: str) -> list[str]:
    return _WORD.findall(_clear(text).replace("'", ""))


def _clear(text: str) -> str:
    """The text folded, its apostrophes alike, without characters that show nothing."""
    if text.isascii():
        return text.lower()
    text = _APOSTROPHES.sub("'", _UNSEEN.sub("", text))
    return _BEYOND_ASCII.sub(lambda run: fold(run[0]), text).translate(_FINAL_LETTERS).lower()


def _invalid(what: str) -> Invalid:
    return Invalid("search_invalid", "Notes cannot be searched for this.", faults=[Fault("/search", what)])
