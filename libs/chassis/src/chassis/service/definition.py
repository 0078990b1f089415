"""What makes a service."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import MetaData, Table

from chassis.care_teams.access import CareTeams
from chassis.encryption.records import WorkspaceKeys
from chassis.events.reactions import Reaction
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.settings import Settings
from chassis.work.retention import Retention
from chassis.work.unit_of_work import UnitOfWork

Loop = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What becomes of an erased workspace in a service (see erasure.py): the rows of all tables go, but for those of `kept`, each with its reason.

    `unfinished` and `finished` are the service's own events. `files` deletes a batch of the workspace's files in the file store and returns
    how many they were.
    """

    unfinished: type[Message]
    finished: type[Message]
    kept: Mapping[str, str] = field(default_factory=dict)
    destroys_keys: bool = True
    files: Callable[[Any, UUID], Awaitable[int]] | None = None


@dataclass(frozen=True, slots=True)
class Indexed:
    """A table whose rows are found by keyed tokens; its column `index_version` names the key that those of a row are made with.

    `again` makes them with the key of today for the next rows after a row's id: the last one that it has looked at, how many it did, and those that
    it could not read. A row that somebody is changing it passes over.
    """

    table: Table
    again: Callable[[UnitOfWork, WorkspaceKeys, UUID], Awaitable[tuple[UUID | None, int, list[UUID]]]]
    # Deletes some tokens that keys of these versions have made beside those of today. Returns how many, and whether some are left.
    forget: Callable[[UnitOfWork, Sequence[int]], Awaitable[tuple[int, bool]]] | None = None
    # Makes those of these addresses, where the rows do not hold what they are found by; returns how many. Then `again` deletes what nobody has any more.
    of_addresses: Callable[[UnitOfWork, WorkspaceKeys, Sequence[str]], Awaitable[int]] | None = None


# The next e-mail addresses that a service's records hold, after a row's id, and the last row that was looked at.
NextAddresses = Callable[[UnitOfWork, WorkspaceKeys, UUID], Awaitable[tuple[UUID | None, list[str]]]]


@dataclass(frozen=True, slots=True)
class Service:
    """A service's name, its tables, and how its servicers are made from a `Runtime` (see runtime.py, which runs a definition)."""

    name: str
    metadata: MetaData
    servicers: Callable[[Any], Sequence[Any]]
    reactions: Callable[[Any], Sequence[Reaction]] = lambda _runtime: ()
    # Background work: each loop runs until the service stops, and is started again when it fails.
    loops: Callable[[Any], Sequence[Loop]] = lambda _runtime: ()
    settings: type[Settings] = Settings
    # What is erased with a workspace; a service that keeps nothing of workspaces has none.
    erasure: Erasure | None = None
    # What is deleted in time, beside the chassis's own tables.
    retentions: Sequence[Retention] = ()

    # What is found by keyed tokens, and can be found by others when the key is changed.
    indexed: Sequence[Indexed] = ()
    # The addresses by which other services know somebody.
    addresses: NextAddresses | None = None

    # Of a service that has something of clients: who opens whose record.
    care_teams: CareTeams | None = None
    # What must not be destroyed: asked for before evidence is deleted in time.
    holds: Callable[[Any], LegalHolds] | None = None

    def __post_init__(self) -> None:
        if self.holds is None and any(retention.evidence for retention in self.retentions):
            raise ValueError(f"{self.name} deletes evidence in time, and does not ask for legal holds")

    @property
    def told_care_teams(self) -> CareTeams | None:
        """Its care teams, where clients tells it of them."""
        return self.care_teams if self.care_teams is not None and self.care_teams.is_told else None

    @property
    def has_readers(self) -> bool:
        """Whether row security shows a client's rows to those alone who may open the record."""
        return any("care_team" in table.info for table in self.metadata.tables.values())

    @property
    def erases(self) -> bool:
        """Whether it has reactions that erase: their database role can log in, with an address of its own."""
        return self.erasure is not None
