"""The words of the trail, as the proto's enums declare them; the gateway's schemas and the API document use the same.

A service that is newer than this one may send a number that has no word here yet. Its line is kept as `unknown:<number>`,
and the hash chain covers that text: an event keeps the word it was recorded with.
"""

from collections.abc import Mapping
from typing import Any

from caseload.audit.v1.events_words import OUTCOME_WORDS
from caseload.options.v1 import options_pb2
from caseload.options.v1.options_words import ACTION_WORDS, RESOURCE_WORDS

__all__ = [
    "ACTIONS",
    "ACTION_WORDS",
    "OUTCOMES",
    "OUTCOME_WORDS",
    "RESOURCE_TYPES",
    "RESOURCE_WORDS",
    "TYPES_WITHOUT_PHI",
    "number",
    "word",
]

RESOURCE_TYPES = frozenset(RESOURCE_WORDS.values())
ACTIONS = frozenset(ACTION_WORDS.values())
OUTCOMES = frozenset(OUTCOME_WORDS.values())
_UNKNOWN = "unknown:"


def _holds_phi(resource: int) -> bool:
    options: Any = options_pb2.Resource.DESCRIPTOR.values_by_number[resource].GetOptions()
    return bool(options.Extensions[options_pb2.holds_phi])


# Known to hold no PHI. Of an unknown type nobody can tell, so it counts as one that may.
TYPES_WITHOUT_PHI = tuple(name for resource, name in RESOURCE_WORDS.items() if not _holds_phi(resource))


def word(words: Mapping[int, str], number: int) -> str:
    """The word for an enum's number, or `unknown:<number>`."""
    return words.get(number) or f"{_UNKNOWN}{number}"


def number(unknown: str) -> int:
    """The number of a word that `word` made of an unknown one."""
    return int(unknown.removeprefix(_UNKNOWN))
