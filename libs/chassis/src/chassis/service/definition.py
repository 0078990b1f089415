"""What makes a service."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData

from chassis.events.reactions import Reaction
from chassis.settings import Settings
from chassis.work.retention import Retention

Loop = Callable[[], Awaitable[None]]


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
    # Whether it has reactions that erase: their database role can log in, with an address of its own.
    erases: bool = False
    # What is deleted in time, beside the chassis's own tables.
    retentions: Sequence[Retention] = ()
