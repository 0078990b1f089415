"""Both deployments as data."""

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
def rendered(servers):
    """The manifests of an overlay, as kustomize makes them."""
    made = {}

    def of(overlay):
        if overlay not in made:
            command = [ROOT / "scripts" / "kustomize", "build", ROOT / "deploy" / "k8s" / "overlays" / overlay]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
            assert answer.returncode == 0, answer.stderr
            made[overlay] = list(yaml.safe_load_all(answer.stdout))
        return made[overlay]

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
