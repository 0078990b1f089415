"""How long to wait before the next attempt: exponential, capped and jittered. Standard library only."""

import random
from dataclasses import dataclass

# 2.0**1000 is the largest power used: a float holds it, and every cap is smaller.
_LARGEST_EXPONENT = 1000


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits in seconds that start at `first`, double with every failure and stop growing at `longest`.

    `jitter` is the random share of each wait, from 0 (none) to 1. With 0.5, a wait of 10 s lasts between 5 and 10 s.
    Jitter spreads instances that failed at the same moment, so that they do not all try again at the same moment.
    Raises ValueError for limits that make no sense.
    """

    first: float
    longest: float
    jitter: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.longest:
            raise ValueError("0 < first <= longest is required")
        if not 0 <= self.jitter <= 1:
            raise ValueError("0 <= jitter <= 1 is required")

    def delay(self, failures: int) -> float:
        """Seconds to wait after this many consecutive failures. The first failure is number 1.

        The result lies between (1 - jitter) * w and w, where w = min(longest, first * 2**(failures - 1)).
        Raises ValueError if `failures` is less than 1.
        """
        if failures < 1:
            raise ValueError("the first failure is number 1")
        longest = min(self.longest, self.first * 2.0 ** min(failures - 1, _LARGEST_EXPONENT))
        return longest * random.uniform(1 - self.jitter, 1)  # noqa: S311 - jitter, not a secret
