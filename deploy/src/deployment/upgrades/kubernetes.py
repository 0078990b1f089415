"""Kubernetes: the Deployments of one process after the other are applied from an overlay and rolled by their own strategy."""

import copy
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from deployment.processes import PROCESSES, SERVICES
from deployment.upgrades.commands import asked, contracted, is_newer
from deployment.upgrades.rolling import Busy, Unhealthy
from deployment.upgrades.rules import Refused, Situation, way_between

NAME = "app.kubernetes.io/name"
SECONDS_TO_ROLL = 600
_SECONDS_FOR_A_TASK = 900
# Releases that do not know the question; they are gone back to, without their migrations.
_WITHOUT_REVISIONS = {"0.1.0", "0.2.0"}


class Kubernetes:
    """A namespace, and the overlay of the build that is upgraded to. A build is the image that the overlay names."""

    services, processes = SERVICES, PROCESSES

    def __init__(
        self, manifests: Sequence[Mapping[str, Any]], namespace: str, context: str | None, releases: Sequence[tuple[str, str, str]]
    ) -> None:
        """`manifests` are what the overlay renders, `releases` are (version, commit, way), the oldest first."""
        self._kubectl = ["kubectl", *(("--context", context) if context else ()), "--namespace", namespace]
        self._manifests = manifests
        self._releases = releases

    @property
    def build(self) -> str:
        (image,) = {image for manifest in self.deployments("gateway") for image in images(manifest)}
        return image

    def situation(self, build: str) -> Situation:
        builds = {name: self.build_of(name) for name in self.processes}
        versions = [(version, way) for version, _commit, way in self._releases]
        running = set(builds.values()) - {""}
        stopped = {one for before in running for one in way_between(versions, version_of(before), version_of(build))}
        missing = self._missing_secrets()
        # A task whose secrets are not there would never start.
        lost = {service for before in running - {build} if not missing for service in contracted(self._revisions(before))}
        newer = not missing and is_newer(self._revisions(build))
        return Situation(builds, self.unhealthy(), newer, sorted(lost), sorted(stopped), missing_secrets=missing)

    @classmethod
    def of_overlay(cls, overlay: str, namespace: str, context: str | None, releases: Sequence[tuple[str, str, str]]) -> "Kubernetes":
        # Of the environment for developing: nothing else of a deployment reads YAML.
        try:
            import yaml
        except ImportError:
            raise Refused("kubernetes: make .venv/.for-dev first") from None

        manifests = [manifest for manifest in yaml.safe_load_all(asked(["kubectl", "kustomize", overlay])) if manifest]
        return cls(manifests, namespace, context, releases)

    def build_of(self, process: str) -> str:
        running = json.loads(asked([*self._kubectl, "get", "deployments", "--selector", f"{NAME}={process}", "--output", "json"]))
        found = {image for manifest in running["items"] for image in images(manifest)}
        return found.pop() if len(found) == 1 else ""

    def provision(self, build: str) -> None:
        # What the new processes read: settings and addresses that the release before did not know are no harm to it.
        others = [manifest for manifest in self._manifests if manifest["kind"] not in {"Deployment", "Job", "HorizontalPodAutoscaler"}]
        asked([*self._kubectl, "apply", "--filename", "-"], given=_listed(others))
        self._task("provision", ["provision"])

    @property
    def companions(self) -> Sequence[str]:
        return [name for name in ("ledger",) if self.deployments(name)]

    def migrate(self, service: str, build: str, *, contract: bool) -> None:
        try:
            self._task(f"{service}-migration", [service, "migrate", "head" if contract else "expand"])
        except Refused as failure:
            if "held by somebody else" in str(failure):
                raise Busy("its tables are held by somebody else") from failure
            raise

    def replace(self, process: str, build: str) -> None:
        names = [f"deployment/{manifest['metadata']['name']}" for manifest in self.deployments(process)]
        if build == self.build:
            asked([*self._kubectl, "apply", "--filename", "-"], given=_listed(self.deployments(process)))
        else:
            self._undo(names)
        try:
            self._rolled(names)
        except Refused as failure:
            self._undo(names)
            self._rolled(names)
            raise Unhealthy(f"{process}: {failure}") from failure

    def unhealthy(self) -> list[str]:
        running = json.loads(asked([*self._kubectl, "get", "deployments", "--output", "json"]))
        ready: dict[str | None, bool] = {}
        for manifest in running["items"]:
            name = manifest["metadata"]["labels"].get(NAME)
            # Kubernetes replaces one that is over by itself; what matters is that none is missing for long, and that one answers.
            is_ready = manifest["status"].get("readyReplicas", 0) >= min(1, manifest["spec"].get("replicas", 1))
            ready[name] = ready.get(name, True) and is_ready
        return [name for name in self.processes if not ready.get(name, False)]

    def deployments(self, process: str) -> list[Mapping[str, Any]]:
        return [one for one in self._manifests if one["kind"] == "Deployment" and one["metadata"]["labels"].get(NAME) == process]

    def _missing_secrets(self) -> list[str]:
        """Entries of Secrets that pods of an upgrade are given and that are not there: without one a pod waits for ever. No value is read."""
        started = {*self.processes, *self.companions, "provision", *(f"{service}-migration" for service in self.services)}
        given: dict[str, set[str]] = {}
        for manifest in self._manifests:
            named = manifest["metadata"]
            if manifest["kind"] in {"Deployment", "Job"} and named.get("labels", {}).get(NAME, named["name"]) in started:
                for volume in manifest["spec"]["template"]["spec"].get("volumes", ()):
                    if secret := volume.get("secret"):
                        given.setdefault(secret["secretName"], set()).update(item["key"] for item in secret["items"])
        keys = "{{range $key, $value := .data}}{{$key}} {{end}}"
        missing: set[str] = set()
        for name, wanted in given.items():
            missing |= wanted - set(asked([*self._kubectl, "get", "secret", name, "--output", f"go-template={keys}"]).split())
        return sorted(missing)

    def _undo(self, names: Sequence[str]) -> None:
        for name in names:
            asked([*self._kubectl, "rollout", "undo", name])

    def _rolled(self, names: Sequence[str]) -> None:
        for name in names:
            asked([*self._kubectl, "rollout", "status", name, f"--timeout={SECONDS_TO_ROLL}s"])

    def _revisions(self, build: str) -> str:
        """What the build says of the database's migrations; nothing where it does not know the question."""
        return "" if version_of(build) in _WITHOUT_REVISIONS else self._task("provision", ["revisions"], build)

    def _task(self, name: str, arguments: Sequence[str], image: str | None = None) -> str:
        """Runs one of the overlay's Jobs with other arguments, waits for its end, and returns what it printed. Raises Refused."""
        made = self.job(name, arguments, image)
        own = made["metadata"]["name"]
        asked([*self._kubectl, "delete", "job", own, "--ignore-not-found", "--wait"])
        asked([*self._kubectl, "apply", "--filename", "-"], given=json.dumps(made))
        give_up = time.monotonic() + _SECONDS_FOR_A_TASK
        while True:
            status = json.loads(asked([*self._kubectl, "get", "job", own, "--output", "json"]))["status"]
            if status.get("succeeded") or status.get("failed") or time.monotonic() > give_up:
                break
            time.sleep(2.0)
        said = asked([*self._kubectl, "logs", f"job/{own}"])
        if not status.get("succeeded"):
            raise Refused(f"{own}: {said.strip()[-2000:]}")
        return said

    def job(self, name: str, arguments: Sequence[str], image: str | None = None) -> dict[str, Any]:
        """One of the overlay's Jobs under a name of its own, with other arguments and perhaps another image; tried once."""
        (job,) = [one for one in self._manifests if one["kind"] == "Job" and one["metadata"]["name"] == name]
        made: dict[str, Any] = copy.deepcopy(dict(job))
        made["metadata"]["name"] = f"upgrade-{name}-{'-'.join(arguments)}"
        made["spec"] |= {"backoffLimit": 0, "ttlSecondsAfterFinished": 3600}
        pod = made["spec"]["template"]["spec"]
        pod["restartPolicy"] = "Never"
        pod["containers"][0]["args"] = list(arguments)
        if image is not None:
            pod["containers"][0]["image"] = image
        return made


def _listed(manifests: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})


def images(manifest: Mapping[str, Any]) -> set[str]:
    return {container["image"] for container in manifest["spec"]["template"]["spec"]["containers"]}


def version_of(image: str) -> str:
    """The tag of an image, which is its version here."""
    return image.rpartition(":")[2]
