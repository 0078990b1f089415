"""Hints: "look at this workspace", told to every process that listens at that moment, and kept nowhere.

A hint says that something has moved, and nothing of what: whoever hears one asks whoever knows. It may be lost, come twice or be made up, so
nobody may need one: those who listen ask by themselves too, only less often. An event, which may not be lost, goes by the outbox.
"""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

ALERTS_CHANGED: Final = "caseload.notifications.v1.AlertsChanged"
# The processes that are no services and listen, and to which hints.
LISTENERS: Final[Mapping[str, frozenset[str]]] = {"gateway": frozenset({ALERTS_CHANGED})}

# Is told of which workspace a hint is; returns at once.
Listen = Callable[[UUID], None]
