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
    # A name as it sounds, with a birth date: who shares it is looked at first.
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
    name = sorted(spellings.words_in(client.full_name))
    sounds = " ".join(sorted(map(rules.sound, name)))
    if name:
        yield Match.NAME, " ".join(name)
        yield Match.SIMILAR_NAME, sounds
    if client.HasField("date_of_birth"):
        yield Match.BIRTH_DATE, client.date_of_birth
        if name:
            yield Match.SIMILAR_NAME_AND_BIRTH_DATE, f"{client.date_of_birth} {sounds}"
    if client.HasField("email"):
        yield Match.EMAIL, rules.normalize_email(client.email)
    if number := rules.normalize_phone(client.phone):
        yield Match.PHONE, number
