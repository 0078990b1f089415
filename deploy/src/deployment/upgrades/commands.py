"""Runs the programs that upgrades are made with, and says what they said when they fail."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence

from deployment.upgrades.rolling import Busy
from deployment.upgrades.rules import Refused


def asked(command: Sequence[str], *, told: Mapping[str, str] | None = None, given: str | None = None) -> str:
    """What the program printed. `told` are further variables, `given` its input. Raises Refused with the end of its errors."""
    done = subprocess.run(  # noqa: S603 - docker and kubectl, with arguments of ours
        list(command), env={**os.environ, **(told or {})}, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Refused(f"{' '.join(command[:6])}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def migrated(command: Sequence[str], *, told: Mapping[str, str] | None = None) -> None:
    """Runs a migration. Raises Busy when it gave way to people's work, else Refused."""
    try:
        asked(command, told=told)
    except Refused as failure:
        if "held by somebody else" in str(failure):
            raise Busy("its tables are held by somebody else") from failure
        raise


def is_newer(revisions: str) -> bool:
    """Whether `revisions` of a build says that a newer release has migrated the database."""
    return any(applied == "newer" for _service, applied, _needed, _newest in _lines(revisions))


def contracted(revisions: str) -> list[str]:
    """The services of which `revisions` of a running build says that what the release before it used was taken away."""
    return [service for service, applied, needed, newest in _lines(revisions) if needed != newest == applied]


def _lines(revisions: str) -> Iterator[list[str]]:
    yield from (line.split() for line in revisions.splitlines() if len(line.split()) == 4)
