"""What makes a service."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData

from chassis.events.handlers import Reaction
from chassis.settings import Settings

if TYPE_CHECKING:
    from chassis.service.runtime import Runtime

Loop = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Service:
    """What makes a service: its name, its tables, and how its features are made from a runtime."""

    name: str
    metadata: MetaData
    features: Callable[["Runtime"], Sequence[Any]]
    reactions: Callable[["Runtime"], Sequence[Reaction]] = lambda _runtime: ()
    # Work that nobody asks for; each loop runs for ever and is started again when it fails.
    loops: Callable[["Runtime"], Sequence[Loop]] = lambda _runtime: ()
    settings: type[Settings] = Settings
