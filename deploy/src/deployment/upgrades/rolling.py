"""The steps of an upgrade: look, migrate what only adds, replace process by process, verify each, and go back by itself when one is not healthy."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from deployment.upgrades.rules import Refused, Situation, reasons_against, rolling_order

# How long all processes have to stay healthy after one was replaced.
SECONDS_TO_WATCH = 5.0
SECONDS_BETWEEN_LOOKS = 0.5
MIGRATION_ATTEMPTS = 5
SECONDS_BETWEEN_ATTEMPTS = 10.0


class Unhealthy(Exception):
    """A process of the new build did not become or stay healthy. The message says which, and where its log is."""


class Busy(Exception):
    """A migration gave way to people's work; it is tried again."""


class RolledBack(Exception):
    """The upgrade failed, and every process runs what it ran before."""


class Target(Protocol):
    """A running installation of one kind. A build is an image, or a directory with sources."""

    @property
    def services(self) -> Sequence[str]:
        """The services, each with a schema of its own."""

    @property
    def processes(self) -> Sequence[str]:
        """What is replaced, one after the other: the services and the gateway."""

    @property
    def companions(self) -> Sequence[str]:
        """What nobody calls and is replaced last. One that does not start keeps its build and takes no other process back."""

    def situation(self, build: str) -> Situation:
        """The installation as it is, looked at before an upgrade to the build."""

    def build_of(self, process: str) -> str:
        """The build that the process runs; empty when its instances run several."""

    def provision(self, build: str) -> None:
        """Makes the roles and schemas that the build's migrations need and that are not there."""

    def migrate(self, service: str, build: str, *, contract: bool) -> None:
        """Runs the build's migrations of the service: those that only add, or with `contract` all. Raises Busy."""

    def replace(self, process: str, build: str) -> None:
        """Starts the process of the build and ends the one before when the new one is healthy. Raises Unhealthy, and the one before runs on."""

    def unhealthy(self) -> list[str]:
        """The processes that are not healthy now."""


@dataclass(slots=True)
class Upgrade:
    """One upgrade of a target to a build. `say` is told each step, as a line."""

    target: Target
    build: str
    say: Callable[[str], None]
    # Adds what the target itself does not know, such as the age of the last backup.
    look: Callable[[Situation], Situation] = lambda situation: situation
    seconds_to_watch: float = SECONDS_TO_WATCH
    attempts: int = MIGRATION_ATTEMPTS
    seconds_between_attempts: float = SECONDS_BETWEEN_ATTEMPTS
    # What was replaced, and the build that it ran before.
    replaced: list[tuple[str, str]] = field(default_factory=list)

    def check(self, *, back: bool = False) -> None:
        """Raises Refused with every reason against it. Changes nothing."""
        found = reasons_against(self.look(self.target.situation(self.build)), back=back)
        if found:
            raise Refused("\n".join(found))
        self.say("Nothing speaks against it.")

    def run(self, order: Sequence[str] = (), *, back: bool = False) -> None:
        """Upgrades, or with `back` goes back to an older build, whose migrations stay as they are. Raises Refused or RolledBack.

        Processes that run the build already are left alone, so an upgrade that was interrupted is run again.
        """
        names = rolling_order(self.target.processes, order, back=back)
        self.check(back=back)
        if not back:
            self.target.provision(self.build)
            for service in self.target.services:
                self._migrate(service, contract=False)
        for name in names:
            before = self.target.build_of(name)
            if before == self.build:
                self.say(f"{name}: runs it already")
                continue
            try:
                self._replace(name, before)
            except (Unhealthy, Refused) as failure:
                self.say(str(failure))
                if isinstance(failure, Refused):
                    # A command failed half-way: nobody knows what of this process runs.
                    self.replaced.append((name, before))
                self._go_back()
                raise RolledBack(str(failure)) from failure
        if not back:
            self._replace_companions()
        self.say(f"All processes run {self.build}.")

    def contract(self) -> None:
        """Takes away what the release before used. Raises Refused while a process runs another build: there is no way back afterwards."""
        others = [name for name in self.target.processes if self.target.build_of(name) != self.build]
        if others:
            raise Refused(f"contract: {', '.join(others)} would lose what they use: upgrade them first")
        for service in self.target.services:
            self._migrate(service, contract=True)

    def _migrate(self, service: str, *, contract: bool) -> None:
        for left in reversed(range(self.attempts)):
            try:
                self.target.migrate(service, self.build, contract=contract)
            except Busy as busy:
                if left == 0:
                    raise Refused(f"{service}: {busy}; nothing of its schema was changed, no process was replaced") from busy
                self.say(f"{service}: its tables are in use; the migration is tried again")
                time.sleep(self.seconds_between_attempts)
            else:
                self.say(f"{service}: migrated")
                return

    def _replace(self, name: str, before: str) -> None:
        began = time.monotonic()
        self.target.replace(name, self.build)
        self.replaced.append((name, before))
        watched_until = time.monotonic() + self.seconds_to_watch
        while time.monotonic() < watched_until:
            if ill := self.target.unhealthy():
                raise Unhealthy(f"{', '.join(ill)}: not healthy after {name} was replaced")
            time.sleep(min(SECONDS_BETWEEN_LOOKS, self.seconds_to_watch))
        self.say(f"{name}: replaced and healthy after {time.monotonic() - began:.1f} s")

    def _replace_companions(self) -> None:
        for name in self.target.companions:
            if self.target.build_of(name) == self.build:
                continue
            try:
                self.target.replace(name, self.build)
            except (Unhealthy, Refused) as failure:
                self.say(f"{name}: could not be replaced, see to it: {failure}")
            else:
                self.say(f"{name}: replaced")

    def _go_back(self) -> None:
        """Gives every process that was replaced its build of before, the last one first. One that cannot be is named, and the others go on."""
        for name, before in reversed(self.replaced):
            if not before:
                self.say(f"{name}: had several builds before, of an upgrade that was interrupted; it stays as it is")
                continue
            try:
                if self.target.build_of(name) != before:
                    self.target.replace(name, before)
            except (Unhealthy, Refused) as failure:
                self.say(f"{name}: could not go back to {before}: {failure}")
            else:
                self.say(f"{name}: back to {before}")
