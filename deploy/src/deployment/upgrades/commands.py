"""Runs the programs that upgrades are made with, and says what they said when they fail."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence

from deployment.upgrades.rolling import Busy
from deployment.upgrades.rules import Refused

# A statement of a migration may take five minutes, and nobody sees from here which one is at work.
SECONDS_FOR_A_MIGRATION = 1800.0
_SECONDS_TO_END = 20.0


class Overdue(Refused):
    """The program was ended, because it took too long."""


def asked(command: Sequence[str], *, told: Mapping[str, str] | None = None, given: str | None = None, seconds: float | None = None) -> str:
    """What the program printed. `told` are further variables, `given` its input. Raises Refused with the end of its errors, and Overdue after
    `seconds`.
    """
    with subprocess.Popen(  # noqa: S603 - docker and kubectl, with arguments of ours
        list(command),
        env={**os.environ, **(told or {})},
        stdin=subprocess.PIPE if given is not None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            printed, errors = program.communicate(given, seconds)
        except subprocess.TimeoutExpired:
            # Docker passes it on to the container.
            program.terminate()
            try:
                _, errors = program.communicate(timeout=_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                program.kill()
                errors = "it did not end when it was asked to"
            raise Overdue(f"{' '.join(command[:6])} did not end within {seconds:.0f} s: {errors.strip()[-2000:]}") from None
        except BaseException:
            program.kill()
            raise
    if program.returncode != 0:
        raise Refused(f"{' '.join(command[:6])}: {errors.strip()[-2000:]}")
    return printed


def migrated(command: Sequence[str], *, told: Mapping[str, str] | None = None, seconds: float = SECONDS_FOR_A_MIGRATION) -> None:
    """Runs a migration. Raises Busy when it gave way to people's work, else Refused."""
    try:
        asked(command, told=told, seconds=seconds)
    except Overdue as failure:
        raise Refused(
            f"{failure}\nThe migration was ended: what it had not finished is as before, no process was replaced. See that none is left (`docker ps`) "
            "and what PostgreSQL waits for (pg_stat_activity), then run the upgrade again"
        ) from failure
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
