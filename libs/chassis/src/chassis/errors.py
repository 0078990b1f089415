"""The refusals a service can answer with; each travels to the caller and is raised there again as the same class.

Refusal
├── NotFound         does not exist, or belongs to another workspace: the answer is the same for both
├── Gone             did exist, and is over: a link that was used
├── Invalid          malformed or against a rule; `faults` says where
├── Conflict         well formed, but not possible beside what is stored: a time that is taken, an address in use
├── Stale            the change was made to a version that is no longer the newest
├── Unauthenticated  no token, or one that is not valid: signing in again helps
├── Forbidden        the caller is known, and may not do this: signing in again does not help
├── TooMany          more requests than allowed; `retry_after` says when to try again
└── Unavailable      something this needs does not answer; `retry_after` says when to try again
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
    `facts` are further open members a front end may use. `retry_after` is in seconds. An `audited` one has a line in the audit
    trail, although others of its class have none.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        facts: Mapping[str, Any] | None = None,
        faults: Sequence[Fault] = (),
        retry_after: float | None = None,
        audited: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code.replace("_", " ").capitalize() + "."
        self.facts = dict(facts or {})
        self.faults = tuple(faults)
        self.retry_after = retry_after
        self.audited = audited


class NotFound(Refusal):
    """Does not exist, or belongs to another workspace; the answer is the same for both."""


class Gone(Refusal):
    """Did exist, and is over. Only for a caller who has shown to know of it."""


class Invalid(Refusal):
    """Malformed, or against a rule. `faults` says where."""


class Conflict(Refusal):
    """Well formed, but not possible beside what is stored."""


class Stale(Refusal):
    """The change was made to a version that is no longer the newest."""


class Unauthenticated(Refusal):
    """There is no token, or it is not valid."""


class Forbidden(Refusal):
    """The caller is known, and may not do this."""


class TooMany(Refusal):
    """More requests than allowed. `retry_after` says when to try again."""


class Unavailable(Refusal):
    """Something this needs does not answer. `retry_after` says when to try again."""
