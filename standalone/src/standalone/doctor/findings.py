"""What was looked at, and what came of it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from chassis.observability.redaction import cause


class Verdict(Enum):
    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is as it was found, `todo` what helps; neither has a secret or anything of a person."""

    verdict: Verdict
    subject: str
    what: str
    todo: str = ""

    def __str__(self) -> str:
        return f"{self.verdict.value:<5}{self.subject:<13}{self.what}{': ' if self.todo else ''}{self.todo}"


def ok(subject: str, what: str) -> Finding:
    return Finding(Verdict.OK, subject, what)


def warn(subject: str, what: str, todo: str) -> Finding:
    return Finding(Verdict.WARN, subject, what, todo)


def fail(subject: str, what: str, todo: str) -> Finding:
    return Finding(Verdict.FAIL, subject, what, todo)


def looked_at(subject: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """What a check finds. One that cannot be made has failed, and keeps no other from being made."""
    try:
        return list(look())
    except Exception as error:  # noqa: BLE001 - whatever it was
        return [_broken(subject, error)]


async def asked(subject: str, ask: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """The same of a check that waits for others."""
    try:
        return await ask()
    except Exception as error:  # noqa: BLE001 - whatever it was
        return [_broken(subject, error)]


def _broken(subject: str, error: Exception) -> Finding:
    return fail(subject, f"could not be looked at ({cause(error)})", "see to what this names, and ask again")
