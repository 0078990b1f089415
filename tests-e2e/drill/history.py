"""What people were told was done: kept while they work, and held against what is found in the end."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """One acknowledged operation, and the line it must have left in the trail. `seconds` is from the first attempt to the answer."""

    kind: str
    resource: str
    action: str
    request_id: str
    resource_id: str | None
    attempts: int
    seconds: float

    @property
    def writes(self) -> bool:
        return self.action != "READ"


@dataclass(slots=True)
class KeptClient:
    """A client as she was last acknowledged."""

    last_name: str
    version: int
    notes: str | None = None


@dataclass(slots=True)
class KeptNote:
    """A note as it was last acknowledged."""

    client_id: str
    version: int
    subjective: str


@dataclass(frozen=True, slots=True)
class Booking:
    client_id: str
    start: datetime
    end: datetime


@dataclass(slots=True)
class History:
    """All of it, and what went wrong on the way: `troubles` are refusals that said "later", `faults` what nobody may ever be told."""

    deeds: list[Deed] = field(default_factory=list)
    clients: dict[str, KeptClient] = field(default_factory=dict)
    notes: dict[str, KeptNote] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    refused_bookings: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    longest_reply: float = 0.0

    @property
    def writes(self) -> list[Deed]:
        return [deed for deed in self.deeds if deed.writes]

    @property
    def reads(self) -> list[Deed]:
        return [deed for deed in self.deeds if not deed.writes]

    @property
    def longest_outage(self) -> float:
        """The longest anybody had to ask again and again until it was done."""
        return max((deed.seconds for deed in self.deeds), default=0.0)
