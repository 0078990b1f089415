"""What was verified, and what was found."""

from collections import Counter
from dataclasses import dataclass, field


class Unreadable(Exception):
    """A file that is not what it should be, and of which nothing can be verified."""


@dataclass(slots=True)
class Report:
    """`verified` counts what holds. `findings` name what does not, in the order of the file; `notes` what could not be verified, and why."""

    verified: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Keys that came with the file itself, by which it was verified: whoever makes up a file makes up its keys as well.
    own_keys: set[str] = field(default_factory=set)
