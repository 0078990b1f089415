"""Both deployments as data."""

import shutil
import subprocess

import pytest
import yaml
from containers import COMPOSE, OWN_IMAGE, ROOT, Process, asked, extended, interpolated

from deployment.processes import PROCESSES, SERVERS, SERVICES


@pytest.fixture(scope="session")
def compose():
    document = yaml.safe_load(interpolated((COMPOSE / "compose.yaml").read_text()))
    document["services"] = {name: extended(service) for name, service in document["services"].items()}
    assert document["services"].keys() > {*PROCESSES, *SERVERS} - {"mail"}
    return document


@pytest.fixture(scope="session")
def composed(compose):
    """The processes of compose.yaml, without the servers it brings along."""
    found = {}
    for name, service in compose["services"].items():
        if service["image"] != OWN_IMAGE:
            continue
        process = Process(name, tuple(service["command"]), dict(service["environment"]))
        for secret in service["secrets"]:
            source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
            process.secrets[target if target.startswith("/") else f"/run/secrets/{target}"] = source
        found[name] = process
    return found


@pytest.fixture(scope="session")
def rendered(servers, tmp_path_factory):
    """The manifests of an overlay, as kustomize makes them."""
    made = {}

    def of(overlay, components=()):
        """As an installation's own overlay has it, which may name more of the components."""
        if (overlay, components) not in made:
            place = ROOT / "deploy" / "k8s" / "overlays" / overlay
            if components:
                copied = shutil.copytree(
                    ROOT / "deploy" / "k8s", tmp_path_factory.mktemp("k8s") / "k8s", ignore=shutil.ignore_patterns("node_modules")
                )
                place = copied / "overlays" / overlay
                document = yaml.safe_load((place / "kustomization.yaml").read_text())
                document["components"] = [*document.get("components", ()), *(f"../../components/{name}" for name in components)]
                (place / "kustomization.yaml").write_text(yaml.safe_dump(document))
            answer = subprocess.run([ROOT / "scripts" / "kustomize", "build", place], capture_output=True, text=True, check=False)
            assert answer.returncode == 0, answer.stderr
            made[overlay, components] = list(yaml.safe_load_all(answer.stdout))
        return made[overlay, components]

    return of


@pytest.fixture(scope="session")
def questions():
    """Who asks whom, read from the code: every `peers["name"]` of a service's sources."""
    chassis = set().union(*map(asked, (ROOT / "libs" / "chassis" / "src").rglob("*.py")))
    assert chassis == {"identity"}, "every service asks identity whom to trust"
    found = {name: set(chassis) for name in SERVICES} | {"gateway": set()}
    for name in PROCESSES:
        sources = ROOT / "gateway" / "src" if name == "gateway" else ROOT / "services" / name / "src"
        found[name] |= set().union(*map(asked, sources.rglob("*.py")))
    return found
