"""The languages of the pages: their texts, and which of them a visitor reads."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("en", "de", "fr", "es", "he")
# The name in an address that chooses one; a cookie keeps the choice.
CHOICE = "lang"
# What browsers of long ago say for Hebrew.
_FORMER = {"iw": "he"}


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    texts: Mapping[str, str]

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as HTML's `dir` has it."""
        return self.texts["direction"]

    @property
    def name(self) -> str:
        """The language's name in itself."""
        return self.texts["language_name"]


@cache
def language(code: str) -> Language:
    """One of LANGUAGES, with its texts by key."""
    texts = tomllib.loads((files("gateway.pages") / "texts" / f"{code}.toml").read_text("utf-8"))
    return Language(code, MappingProxyType(texts))


def choose(*, chosen: Iterable[str] = (), accepted: str = "", locale: str = "") -> Language:
    """The first choice that is a language of ours; else the best one that an Accept-Language header names, the locale's, or English."""
    for code in (*chosen, *_by_weight(accepted), locale):
        primary = code.strip().lower().partition("-")[0]
        if (known := _FORMER.get(primary, primary)) in LANGUAGES:
            return language(known)
    return language("en")


def _by_weight(header: str) -> list[str]:
    """The languages of an Accept-Language header (RFC 9110 section 12.5.4), best first, without those that are refused."""
    weighted = []
    for entry in header[:1000].split(","):
        code, _, parameter = entry.partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if 0 < weight <= 1:
            weighted.append((weight, code))
    return [code for _, code in sorted(weighted, key=lambda each: -each[0])]
