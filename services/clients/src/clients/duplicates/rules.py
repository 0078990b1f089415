"""How likely it is that two clients are one person.

The score is what agrees, of what both clients have: each field has a weight, and a field that one of them lacks has none, so it is no
difference. A value that others have too says less the more they are: a family's telephone, a birth date that was made up. `_DOUBT` is added
to the whole, so that few fields that agree are less certain than many.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import TypeVar

T = TypeVar("T")

NAME, SIMILAR_NAME, BIRTH_DATE, EMAIL, PHONE, SIMILAR_NAME_AND_BIRTH_DATE = range(1, 7)
# Less likely than this, nobody is told of it.
LEAST = 0.5
_WEIGHTS = {NAME: 5.0, BIRTH_DATE: 4.0, EMAIL: 3.0, PHONE: 2.0}
_SIMILAR_OF_SAME = 0.6
_DOUBT = 2.0
_REASONS = {
    NAME: "same_name",
    SIMILAR_NAME: "similar_name",
    BIRTH_DATE: "same_birth_date",
    EMAIL: "same_email",
    PHONE: "same_phone",
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two clients are one person, from 0 to 1, and what speaks for it."""

    score: float
    reasons: tuple[str, ...]


def likeness(compared: Mapping[int, int]) -> Likeness:
    """`compared` has the fields that both clients have: how many clients share the value, the two included, or 0 where theirs differ."""
    agrees, whole, reasons = 0.0, _DOUBT, []
    for field, weight in _WEIGHTS.items():
        if field not in compared:
            continue
        agreeing = _agreeing(field, compared)
        if agreeing is None:
            whole += weight
            continue
        reason, sharing = agreeing
        left = weight * _rarity(reason, sharing)
        whole += left
        agrees += left * (_SIMILAR_OF_SAME if reason == SIMILAR_NAME else 1.0)
        reasons.append(_REASONS[reason])
    return Likeness(round(agrees / whole, 2), tuple(reasons))


def _agreeing(field: int, compared: Mapping[int, int]) -> tuple[int, int] | None:
    """What the clients have in common of a field, and how many share it: a name may be the same, or sound so, also with its words written as one."""
    for kind in (NAME, SIMILAR_NAME, SIMILAR_NAME_AND_BIRTH_DATE) if field == NAME else (field,):
        if (sharing := compared.get(kind, 0)) > 1:
            return (SIMILAR_NAME if kind == SIMILAR_NAME_AND_BIRTH_DATE else kind), sharing
    return None


def _rarity(kind: int, sharing: int) -> float:
    """What is left of the weight of a value that so many clients share. A contact is meant to be one person's; names and birth dates are not."""
    return 1.0 / (sharing - 1) if kind in {EMAIL, PHONE} else 1.0 / log2(sharing)


def grouped(pairs: Iterable[tuple[T, T, Likeness]]) -> list[tuple[list[T], Likeness]]:
    """The clients of all pairs that are likely enough, those together who are connected by pairs. The likeliest groups come first.

    A group is as likely as the least likely of its pairs.
    """
    likely = [pair for pair in pairs if pair[2].score >= LEAST]
    leader: dict[T, T] = {}

    def lead(client: T) -> T:
        while (above := leader.setdefault(client, client)) != client:
            leader[client] = client = leader[above]
        return client

    for first, second, _ in likely:
        leader[lead(first)] = lead(second)
    groups: dict[T, list[tuple[T, T, Likeness]]] = defaultdict(list)
    for pair in likely:
        groups[lead(pair[0])].append(pair)
    return sorted(map(_told, groups.values()), key=lambda group: -group[1].score)


def _told(group: Sequence[tuple[T, T, Likeness]]) -> tuple[list[T], Likeness]:
    members = list(dict.fromkeys(client for first, second, _ in group for client in (first, second)))
    spoken = {reason for _, _, found in group for reason in found.reasons}
    return members, Likeness(min(found.score for _, _, found in group), tuple(reason for reason in _REASONS.values() if reason in spoken))
