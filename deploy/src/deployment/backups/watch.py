"""Looks at the backups again and again, and makes and tries them when they are due where that is its task."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deployment.backups import cluster, pgbackrest, rules
from deployment.backups.pgbackrest import CommandFailed
from deployment.backups.rules import Archive, Backup, Intervals, Problem, Server

_log = logging.getLogger("backups")
# The whole archive is listed so often: a day of it is tens of thousands of files.
_BETWEEN_LISTINGS = timedelta(hours=1)
_LATE_ARCHIVE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class State:
    """What was found last."""

    looked_at: datetime | None = None
    backups: tuple[Backup, ...] = ()
    archive: Archive = field(default_factory=Archive)
    server: Server | None = None
    problems: tuple[Problem, ...] = ()
    proved_at: datetime | None = None


class Proofs:
    """Tries to restore the newest backup, in a folder of its own; remembers when it last could."""

    def __init__(self, folder: Path, between: timedelta) -> None:
        self._folder = folder
        self.between = between

    def last(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self._told.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def make(self) -> None:
        seconds = cluster.prove(self._folder / "cluster")
        self._told.write_text(datetime.now(UTC).isoformat())
        _log.info("the newest backup was restored and read in %.0f s", seconds)

    @property
    def _told(self) -> Path:
        return self._folder / "proved-at"


class Watch:
    """With `proofs` it makes what is due; without, it only looks: somebody else's schedule makes it."""

    def __init__(self, address_file: Path, intervals: Intervals, proofs: Proofs | None) -> None:
        self.state = State()
        self._address_file = address_file
        self._intervals = intervals
        self._proofs = proofs
        self._listed_at: datetime | None = None
        # Of the last attempts to make a backup and to restore one for a try: when, and why.
        self._failed: dict[str, tuple[datetime, str]] = {}

    def run(self, wait: Callable[[], object]) -> None:
        while True:
            self.look()
            if self._proofs is not None:
                self.act(self._proofs)
            wait()

    def look(self) -> None:
        """Asks server and repository. What does not answer is a problem among the others."""
        found, now = replace(self.state, server=None), datetime.now(UTC)
        problems = []
        segment_bytes = 0
        try:
            # Before the repository: what the server was told is archived by now has to be there.
            server, segment_bytes = pgbackrest.server(self._address_file)
            found = replace(found, server=server)
        except (CommandFailed, OSError, ValueError) as error:
            _log.warning("PostgreSQL does not answer: %s", error)
        try:
            backups, newest = pgbackrest.backups()
            archive = found.archive
            if segment_bytes and (self._listed_at is None or now - self._listed_at >= _BETWEEN_LISTINGS):
                archive, self._listed_at = rules.archive(pgbackrest.archived_files(), segment_bytes), now
            found = replace(found, backups=tuple(backups), archive=replace(archive, newest=newest))
        except (CommandFailed, OSError, ValueError) as error:
            _log.warning("the repository does not answer: %s", error)
            problems.append(Problem("repository_away", "the repository does not answer", "see the log of `backups`, and the bucket"))
        problems += rules.problems(
            found.backups,
            found.archive,
            found.server,
            self._intervals,
            now=now,
            late_archive=_LATE_ARCHIVE,
            failure="; ".join(why for _, why in self._failed.values()),
        )
        if self._proofs is not None:
            found = replace(found, proved_at=self._proofs.last())
            problems += rules.proof_problems(found.proved_at, found.backups, self._proofs.between, now=now)
        self.state = replace(found, problems=tuple(problems), looked_at=now)

    def act(self, proofs: Proofs) -> None:
        """Makes the one thing that is due, if any is and both sides answer."""
        state, now = self.state, datetime.now(UTC)
        if state.server is None or any(problem.code == "repository_away" for problem in state.problems):
            return
        kind = rules.due(state.backups, state.archive, self._intervals, now=now, failed_at=self._failed_at("backup"))
        is_proof_due = rules.proof_due(state.proved_at, state.backups, proofs.between, now=now, failed_at=self._failed_at("proof"))
        if kind is None and not is_proof_due:
            return
        what = "proof" if kind is None else "backup"
        try:
            if kind is None:
                proofs.make()
            else:
                back_up(kind)
                self._listed_at = None
        except (CommandFailed, OSError) as error:
            self._failed[what] = now, str(error)
            _log.error("the %s failed, and is tried again later: %s", what, error)
        else:
            self._failed.pop(what, None)

    def _failed_at(self, what: str) -> datetime | None:
        return self._failed[what][0] if what in self._failed else None


def back_up(kind: str) -> None:
    """One backup (`full` or `diff`), of a stanza that is made where there is none. It ends when the log that it needs is archived."""
    pgbackrest.pgbackrest("stanza-create")
    pgbackrest.pgbackrest("backup", f"--type={kind}")
