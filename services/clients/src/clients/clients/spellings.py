"""Names, telephone numbers and days as people spell them: one name, number or day may be written in several ways, and is found by all of them.

"O'Brien", whichever apostrophe it has, is found by "obrien" and "o'brien", "Anne-Marie" by "annemarie" and the other way round, "Müller" by "muller" and "mueller"; "+49 170 1234567"
by "0170 1234567" in a German workspace; the third of February 1980 by "1980-02-03" and by "03.02.1980".
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources

import phonenumbers

from chassis.encryption.blind_index import fold
from clients.clients import rules

# A name of several words is also one word: it is found by a search that is no longer than this many letters, or than its first word.
LONGEST_JOINED = 32
# So many words of a name go on with those after them.
_MOST_GO_ON = 8
# How many words of a search are also read as one, two of them together, and so on: that doubles with each.
MOST_JOINED = 4

# They join what they stand between. Before folding: it would make a space of an acute accent that stands alone.
_APOSTROPHES = "'`\u00b4\u02b9\u02ba\u02bb\u02bc\u02bd\u02ca\u02cb\u05f3\u05f4\u2018\u2019\u201a\u201b\u2032\u2035\u02c8\uff07\uff40\ua78c"
_TATWEEL = "\u0640"
_NOTHING = str.maketrans("", "", _APOSTROPHES + _TATWEEL)
# Letters that are their own in Unicode, and are typed as others.
_TYPED_AS = str.maketrans({
    "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ħ": "h", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "ł": "l", "þ": "th", "ŋ": "ng",
    "ى": "ي", "ی": "ي", "ک": "ك", "ة": "\N{ARABIC LETTER HEH}",
})  # fmt: skip
# "Mueller" is "Muller", as "Müller" is, and "Aaberg" is "Aberg". The beginning of a word stays the beginning of what becomes of it.
_WRITTEN_OUT = re.compile("aa|[aou]e")
_WORD = re.compile(r"[^\W_]+")

_DAY = re.compile(r"(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})")
_AROUND_A_DAY = "()[],;*"
# Where the month comes first when a day is written with strokes.
_MONTH_FIRST = frozenset({"US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "VI"})

_REGION = re.compile(r"[-_]([A-Za-z]{2})(?=[-_]|$)")
_NUMBER = re.compile(r"[\d\s()+./\N{EN DASH}\N{NON-BREAKING HYPHEN}-]+")


def words_of(*names: str) -> str:
    """What the names are found by: the beginnings of these words, each with a space before it.

    Of a name of several words, each one goes on with those after it: " annemarie marie".
    """
    return "".join(f" {word}" for name in names for word in _joined_words(words_in(name)))


def readings(search: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read the words of a search: in each, a name has to have a word with every one of these beginnings. None for a text without words."""
    words = words_in(search)
    if not words:
        return ()
    ways = _ways_to_join(words) if len(words) <= MOST_JOINED else [words]
    return tuple(dict.fromkeys(tuple(dict.fromkeys(map(_written_in, way))) for way in ways))


def regions_of(locale: str, time_zone: str) -> tuple[str, ...]:
    """The countries (ISO 3166) whose numbers and days people of a workspace write: of its locale's region, and of its time zone."""
    of_locale = _REGION.search(locale)
    named = (of_locale[1].upper() if of_locale else "", _country_by_zone().get(time_zone, ""))
    return tuple(dict.fromkeys(region for region in named if region in phonenumbers.SUPPORTED_REGIONS))


def numbers(text: str, regions: Collection[str]) -> list[str]:
    """The ways in which a telephone number may have been written down, normalized; none if the text has too few digits for one."""
    as_it_is = rules.normalize_phone(text)
    if not as_it_is:
        return []
    found = {as_it_is: None}
    if _NUMBER.fullmatch(text):
        for region in regions or (None,):
            found.update(dict.fromkeys(_written_numbers(text, region)))
    return list(found)


def take_days(text: str, regions: Collection[str], *, latest: date) -> tuple[str, list[frozenset[str]]]:
    """The text without the days of the calendar in it, and each of these in its possible readings, as YYYY-MM-DD."""
    rest, days = [], []
    for word in text.split():
        read = frozenset(day.isoformat() for day in _days(word.strip(_AROUND_A_DAY), regions) if rules.EARLIEST_BIRTH <= day <= latest)
        if read:
            days.append(read)
        else:
            rest.append(word)
    return " ".join(rest) if days else text, days


def words_in(name: str) -> list[str]:
    """The words of a name, in the letters in which they are typed."""
    joined = name.translate(_NOTHING)
    if not joined.isascii():
        # Marks of direction, joiners and soft hyphens are not seen, and not typed.
        joined = "".join(character for character in joined if unicodedata.category(character) != "Cf")
    return _WORD.findall(fold(joined).translate(_TYPED_AS))


def _joined_words(words: list[str]) -> Iterator[str]:
    for first in range(len(words)):
        joined = ""
        for word in words[first : None if first < _MOST_GO_ON else first + 1]:
            joined += word
            if len(joined) >= LONGEST_JOINED:
                break
        yield _written_in(joined)


def _written_in(word: str) -> str:
    return _WRITTEN_OUT.sub(lambda pair: pair[0][0], word)


def _ways_to_join(words: list[str]) -> list[list[str]]:
    """All ways to read neighbours as one word; as they are first."""
    ways = [[words[0]]]
    for word in words[1:]:
        ways = [way for begun in ways for way in ([*begun, word], [*begun[:-1], begun[-1] + word])]
    return ways


@cache
def _country_by_zone() -> Mapping[str, str]:
    lines = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {zone: country for country, _, zone, *_ in rows}


def _written_numbers(text: str, region: str | None) -> Iterator[str]:
    """A number of this region, or of the one that it names itself, as it is written within the region and from abroad."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return
    if not phonenumbers.is_possible_number(number):
        return
    country, national = str(number.country_code), phonenumbers.national_significant_number(number)
    yield f"+{country}{national}"
    yield f"{country}{national}"
    yield f"00{country}{national}"
    if region is None or phonenumbers.country_code_for_region(region) != number.country_code:
        return
    within = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or ""
    yield national
    yield f"{within}{national}"
    yield f"+{country}{within}{national}"


def _days(word: str, regions: Collection[str]) -> Iterator[date]:
    parts = _DAY.fullmatch(word)
    if parts is None:
        return
    first, sign, second, third = parts.groups()
    if len(first) == 4:
        possible = [(first, second, third)] if len(third) <= 2 else []
    elif len(first) <= 2 and len(third) in (2, 4):
        orders = {False} if sign == "." else {region in _MONTH_FIRST for region in regions} or {False, True}
        years = [third] if len(third) == 4 else [f"19{third}", f"20{third}"]
        possible = [(year, *((first, second) if month_first else (second, first))) for year in years for month_first in orders]
    else:
        possible = []
    for year, month, day in possible:
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue
