"""Containers under docker compose: a service's new container is healthy before the old one goes; the gateway has a port, so it is replaced in place."""

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from deployment.processes import PROCESSES, SERVICES
from deployment.upgrades.commands import asked, contracted, is_newer, migrated
from deployment.upgrades.rolling import Unhealthy
from deployment.upgrades.rules import Refused, Situation, way_between

SECONDS_TO_START = 120.0
# Callers look every five seconds for the instances of a name.
SECONDS_TO_BE_FOUND = 6.0
_SECONDS_BETWEEN_LOOKS = 1.0
# Of the release's image, as the processes are.
_COMPANIONS = ("ledger",)
# Releases that do not know the question; they are gone back to, without their migrations.
_WITHOUT_REVISIONS = {"0.1.0", "0.2.0"}
_VERSION, _REVISION = "org.opencontainers.image.version", "org.opencontainers.image.revision"


class Compose:
    """A project of docker compose. A build is an image by its name."""

    services, processes = SERVICES, PROCESSES

    def __init__(self, files: Sequence[str], project: str | None, releases: Sequence[tuple[str, str, str]]) -> None:
        """`releases` are (version, commit, way), the oldest first."""
        self._compose = ["docker", "compose", *(("--project-name", project) if project else ())]
        for file in files:
            self._compose += ["--file", file]
        self._releases = releases
        # Images by id: the one that is upgraded to has its own name, those of before a name by which they are kept.
        self._names: dict[str, str] = {}

    @property
    def companions(self) -> Sequence[str]:
        """Those that run: one that was never started needs more than an image, such as its bucket."""
        return [name for name in _COMPANIONS if self._containers(name)]

    def situation(self, build: str) -> Situation:
        self._names[asked(["docker", "image", "inspect", "--format", "{{.Id}}", build]).strip()] = build
        builds = {name: self.build_of(name) for name in self.processes}
        # A process without containers, or with those of two builds, has none that could be asked.
        running = set(builds.values()) - {""}
        versions = [(version, way) for version, _commit, way in self._releases]
        after = self._version(build)
        missing = self._missing_secrets(build)
        # A container whose secrets are not there cannot be asked.
        newest = "" if missing else self._revisions(build)
        root = Path(asked(["docker", "info", "--format", "{{.DockerRootDir}}"]).strip())
        return Situation(
            builds,
            self.unhealthy(),
            is_newer(newest),
            sorted({service for before in running - {build} if not missing for service in contracted(self._revisions(before))}),
            sorted({stopped for before in running for stopped in way_between(versions, self._version(before), after)}),
            shutil.disk_usage(root).free if root.exists() else None,
            missing_secrets=missing,
        )

    def build_of(self, process: str) -> str:
        ids = {asked(["docker", "inspect", "--format", "{{.Image}}", one]).strip() for one in self._containers(process)}
        if len(ids) != 1:
            # None, or an upgrade that was interrupted: neither build is all of it.
            return ""
        (image,) = ids
        if image not in self._names:
            # Kept by a name: the tag it was started by may be another image's by now.
            self._names[image] = f"caseload-before:{image.removeprefix('sha256:')[:12]}"
            asked(["docker", "tag", image, self._names[image]])
        return self._names[image]

    def provision(self, build: str) -> None:
        asked([*self._compose, "run", "--rm", "--no-deps", "-T", "provision"], told={"CASELOAD_IMAGE": build})

    def migrate(self, service: str, build: str, *, contract: bool) -> None:
        command = [*self._compose, "run", "--rm", "--no-deps", "-T", f"{service}-migration"]
        migrated([*command, service, "migrate", "head" if contract else "expand"], told={"CASELOAD_IMAGE": build})

    def replace(self, process: str, build: str) -> None:
        if process == "gateway" or process in _COMPANIONS:
            self._replace_in_place(process, build)
            return
        old = self._containers(process)
        told = {"CASELOAD_IMAGE": build}
        asked(
            [*self._compose, "up", "--detach", "--no-deps", "--no-recreate", "--scale", f"{process}={2 * len(old) or 1}", process],
            told=told,
        )
        new = [one for one in self._containers(process) if one not in old]
        try:
            self._wait(process, new)
        except (Unhealthy, Refused):
            if new:
                asked(["docker", "rm", "--force", *new])
            raise
        time.sleep(SECONDS_TO_BE_FOUND)
        if old:
            asked(["docker", "stop", *old])
            asked(["docker", "rm", *old])

    def unhealthy(self) -> list[str]:
        found = []
        for name in self.processes:
            states = [self._health(one) for one in self._containers(name)]
            if not states or any(state != "healthy" for state in states):
                found.append(name)
        return found

    def _missing_secrets(self, build: str) -> list[str]:
        """Secrets that what an upgrade starts is given, and whose files are not there: without one a container cannot be made."""
        told = json.loads(asked([*self._compose, "config", "--format", "json"], told={"CASELOAD_IMAGE": build}))
        started = ["provision", *(f"{service}-migration" for service in self.services), *self.processes, *self.companions]
        given = {secret["source"] for name in started for secret in told["services"][name].get("secrets", ())}
        return sorted(name for name in given if not Path(told["secrets"][name]["file"]).exists())

    def _replace_in_place(self, process: str, build: str) -> None:
        before = self.build_of(process)
        up = [*self._compose, "up", "--detach", "--no-deps", process]
        asked(up, told={"CASELOAD_IMAGE": build})
        try:
            self._wait(process, self._containers(process))
        except Unhealthy:
            asked(up, told={"CASELOAD_IMAGE": before})
            raise

    def _wait(self, process: str, containers: Sequence[str]) -> None:
        give_up = time.monotonic() + SECONDS_TO_START
        while not containers or any(self._health(one) != "healthy" for one in containers):
            if time.monotonic() > give_up or any(self._health(one) == "unhealthy" for one in containers):
                said = "".join(asked(["docker", "logs", "--tail", "5", one]) for one in containers)
                raise Unhealthy(f"{process}: the new container is not healthy\n{said}")
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _containers(self, process: str) -> list[str]:
        return asked([*self._compose, "ps", "--quiet", process]).split()

    def _health(self, container: str) -> str:
        try:
            return asked(["docker", "inspect", "--format", "{{.State.Health.Status}}", container]).strip()
        except Refused:
            return "gone"

    def _label(self, image: str, label: str) -> str:
        return asked(["docker", "image", "inspect", "--format", f'{{{{index .Config.Labels "{label}"}}}}', image]).strip()

    def _version(self, image: str) -> str:
        """The version of an image: that of the release whose commit it was built of, else its label's."""
        revision = self._label(image, _REVISION)
        for version, commit, _way in self._releases:
            if len(revision) >= 7 and commit.startswith(revision):
                return version
        return self._label(image, _VERSION)

    def _revisions(self, build: str) -> str:
        """What the build says of the database's migrations; nothing where it does not know the question."""
        if self._version(build) in _WITHOUT_REVISIONS:
            return ""
        return asked([*self._compose, "run", "--rm", "--no-deps", "-T", "provision", "revisions"], told={"CASELOAD_IMAGE": build})
