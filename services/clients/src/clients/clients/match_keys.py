"""The keyed hashes by which rows of the same person are suspected. Only hashes of one workspace, kind and key compare.

The database compares rows with each other, so while the key is changed each row has the hashes of both keys.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from caseload.clients.v1 import clients_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from clients.clients import rules, spellings


class Match(IntEnum):
    """What is compared. The numbers are stored."""

    # The words of the full name, in any order.
    NAME = 1
    # The same as they sound.
    SIMILAR_NAME = 2
    BIRTH_DATE = 3
    EMAIL = 4
    PHONE = 5
    # How first and last name sound, each as one word, with a birth date: who shares it is looked at first. So Anne-Marie is Annemarie.
    SIMILAR_NAME_AND_BIRTH_DATE = 6


_HASHED_AS = {kind: f"match {kind}" for kind in Match}


class MatchKey(NamedTuple):
    kind: int
    index_version: int
    token: bytes


def match_keys(client: pb.Client, keys: WorkspaceKeys) -> list[MatchKey]:
    """The client's hashes of each kind and key, without those of fields that are empty."""
    return [
        MatchKey(int(kind), version, index.exact(_HASHED_AS[kind], value))
        for kind, value in _values(client)
        for version, index in keys.indexes.items()
    ]


def _values(client: pb.Client) -> Iterator[tuple[Match, str]]:
    parts = [words for name in (client.first_name, client.last_name) if (words := spellings.words_in(name))]
    if parts:
        words = [word for part in parts for word in part]
        yield Match.NAME, " ".join(sorted(words))
        yield Match.SIMILAR_NAME, " ".join(sorted(map(rules.sound, words)))
    if client.HasField("date_of_birth"):
        yield Match.BIRTH_DATE, client.date_of_birth
        if parts:
            joined = sorted(rules.sound("".join(part)) for part in parts)
            yield Match.SIMILAR_NAME_AND_BIRTH_DATE, f"{client.date_of_birth} {' '.join(joined)}"
    if client.HasField("email"):
        yield Match.EMAIL, rules.normalize_email(client.email)
    if number := rules.normalize_phone(client.phone):
        yield Match.PHONE, number
