"""Which workspaces a claim looks past first, so that one with very many due mails leaves turns to others. Without I/O."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from uuid import UUID

# A look past a long queue reads all of it. It is followed by a pause of so many times what it took.
_PAUSES = 4.0
# For so many seconds at least nobody is looked for beside those past whom nobody was found.
_ALONE = 0.5


class Turns:
    """`at_once` mails of any workspace are under way at the same time. Times are seconds of one clock.

    Of the latest `at_once` claims nobody has more than their share while others wait: past whoever has, others are looked for
    first. What they leave goes to whoever has waited longest, so nothing is slower where one workspace is alone.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._latest: deque[UUID] = deque(maxlen=at_once)
        self._rests_until = 0.0
        self._alone: frozenset[UUID] = frozenset()
        self._alone_until = 0.0

    def to_look_past(self, *, now: float) -> Sequence[UUID]:
        """Those that have had their share of the latest turns. Empty where nobody is to be looked for beside them now."""
        turns = Counter(self._latest)
        share = max(1, self._at_once // max(2, len(turns)))
        full = frozenset(each for each, number in turns.items() if number >= share)
        is_known_alone = now < self._alone_until and full >= self._alone
        return [] if now < self._rests_until or is_known_alone else sorted(full)

    def looked(self, past: Iterable[UUID], *, found: bool, began: float, now: float) -> None:
        """Records that others were looked for beside these, and whether there was somebody."""
        self._rests_until = now + _PAUSES * (now - began)
        if not found:
            self._alone, self._alone_until = frozenset(past), now + _ALONE

    def took(self, workspaces: Iterable[UUID]) -> None:
        """Records whose mails were claimed."""
        self._latest.extend(workspaces)
