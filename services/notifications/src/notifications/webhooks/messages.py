"""The messages that webhooks are sent, as Standard Webhooks has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that webhooks are told of. `position` is its place among what happens to the same aggregate; `data` holds ids, times and numbers."""

    type: str
    aggregate_id: str
    position: int
    occurred_at: datetime
    data: Mapping[str, Any]

    def body(self) -> str:
        """The message, which stays the same in every attempt."""
        message = {"type": self.type, "timestamp": self.occurred_at, "data": dict(self.data)}
        return orjson.dumps(message, option=orjson.OPT_UTC_Z).decode()
