"""The refusals a service can answer with; each crosses the wire and is raised again as the same class.

Refusal
├── NotFound         absent, or another workspace's: the two are never told apart
├── Invalid          malformed or against a rule; `faults` says where
├── Conflict         true today, impossible beside what is already there
├── Stale            the writer had not seen the newest version
├── Unauthenticated  nobody believable is asking
├── Forbidden        somebody believable is asking for too much
├── TooMany          too often; `retry_after` says when again
└── Unavailable      a part this needs does not answer; `retry_after` says when again
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: a JSON pointer (RFC 6901) into its body, and a sentence."""

    pointer: str
    detail: str


class Refusal(Exception):
    """A request that is answered with a reason instead of a reply, and changes nothing.

    `code` is stable and snake_case, `message` a sentence for people; neither carries client data.
    `facts` are further open members a front end may use. `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        facts: Mapping[str, Any] | None = None,
        faults: Sequence[Fault] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code.replace("_", " ").capitalize() + "."
        self.facts = dict(facts or {})
        self.faults = tuple(faults)
        self.retry_after = retry_after


class NotFound(Refusal):
    """Absent, or another workspace's."""


class Invalid(Refusal):
    """Malformed, or against a rule."""


class Conflict(Refusal):
    """Impossible beside what is already there."""


class Stale(Refusal):
    """The writer had not seen the newest version."""


class Unauthenticated(Refusal):
    """Nobody believable is asking."""


class Forbidden(Refusal):
    """Somebody believable is asking for too much."""


class TooMany(Refusal):
    """Too often."""


class Unavailable(Refusal):
    """A part this needs does not answer."""
