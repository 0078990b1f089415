"""Reads what compose and Kubernetes would run from their files, and who asks whom from the code."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose"
OWN_IMAGE, DATABASE_IMAGE = "caseload", "caseload-postgres"
INSTALLATION = {
    "CASELOAD_UID": "10001",
    "CASELOAD_PUBLIC_URL": "https://caseload.example.org",
    "CASELOAD_S3_PUBLIC_URL": "https://files.example.org",
}


@dataclass
class Process:
    """One container of the suite's image: what it runs, what it is told, and which secret lies where."""

    name: str
    arguments: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


# --- compose ---


def interpolated(text):
    """As compose replaces ${NAME}, ${NAME:-default} and ${NAME:?complaint}."""

    def value(found):
        name, sign, rest = found.groups()
        if name in INSTALLATION:
            return INSTALLATION[name]
        assert sign == "-", f"{name} has neither a default nor a value"
        return rest

    return re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", value, text)


def extended(service):
    """A service with what it extends; its own word counts, and lists are joined."""
    if "extends" not in service:
        return service
    common = yaml.safe_load(interpolated((COMPOSE / service["extends"]["file"]).read_text()))
    base = common["services"][service["extends"]["service"]]
    merged = {**base, **service}
    merged["environment"] = {**base.get("environment", {}), **service.get("environment", {})}
    merged["secrets"] = [*base.get("secrets", []), *service.get("secrets", [])]
    return merged


# --- Kubernetes ---


def workloads(manifests):
    """What runs the suite's own image."""
    return [
        m for m in manifests if m["kind"] in {"Deployment", "Job"} and image(m["spec"]["template"]["spec"]["containers"][0]) == OWN_IMAGE
    ]


def image(container):
    return container["image"].rpartition("/")[2].partition(":")[0]


def beside(manifests):
    """The containers of PostgreSQL and its backups by name, each with its pod: (container, pod)."""
    found = {}
    for manifest in manifests:
        if manifest["kind"] not in {"StatefulSet", "Deployment", "CronJob"}:
            continue
        spec = manifest["spec"]["jobTemplate"]["spec"] if manifest["kind"] == "CronJob" else manifest["spec"]
        pod = spec["template"]["spec"]
        for container in pod["containers"]:
            if image(container) == DATABASE_IMAGE:
                name = container["name"] if manifest["kind"] == "StatefulSet" else manifest["metadata"]["name"]
                found[name] = (container, pod)
    return found


def processes(manifests):
    """The processes of the manifests by the name of what runs them."""
    maps = {manifest["metadata"]["name"]: manifest["data"] for manifest in manifests if manifest["kind"] == "ConfigMap"}
    return {workload["metadata"]["name"]: process(workload, maps) for workload in workloads(manifests)}


def process(workload, maps):
    pod = workload["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    return told(workload["metadata"]["name"], container, pod, maps)


def told(name, container, pod, maps):
    found = Process(name, tuple(container["args"]))
    for source in container.get("envFrom", ()):
        found.settings |= maps[source["configMapRef"]["name"]]
    for variable in container.get("env", ()):
        reference = variable.get("valueFrom", {}).get("configMapKeyRef")
        found.settings[variable["name"]] = maps[reference["name"]][reference["key"]] if reference else variable["value"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for mount in container["volumeMounts"]:
        # A StatefulSet's own volume is among its claims.
        secret = volumes.get(mount["name"], {}).get("secret")
        for item in secret["items"] if secret else ():
            found.secrets[f"{mount['mountPath']}/{item['path']}"] = item["key"]
    return found


# --- the code ---


def asked(path):
    return {
        node.slice.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and {"peers", "_peers"} & {getattr(node.value, "id", ""), getattr(node.value, "attr", "")}
    }
