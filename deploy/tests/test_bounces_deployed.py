"""Reports about mail reach notifications where somebody chooses to receive them, from the mail exchanger alone."""

import os
import subprocess

import pytest
import yaml
from containers import COMPOSE, INSTALLATION, ROOT, interpolated

from notifications.settings import NotificationsSettings

COMPONENTS = ROOT / "deploy" / "k8s" / "components" / "bounces"
# Which overlay takes which component, and the Deployment that receives there.
KINDS = {"practice": ("whole", "notifications"), "hospital": ("parts", "notifications-reactions")}


@pytest.fixture(params=KINDS)
def receiving(request, tmp_path, servers):
    """The manifests of an overlay that receives reports, and the name of the Deployment that does."""
    component, deployment = KINDS[request.param]

    def at(path):
        return os.path.relpath(path, tmp_path)

    overlay = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [at(ROOT / "deploy" / "k8s" / "overlays" / request.param)],
        "components": [at(COMPONENTS / component)],
        "configMapGenerator": [
            {"name": "installation", "behavior": "merge", "namespace": "caseload", "literals": ["bounce-domain=bounces.example.org"]}
        ],
    }
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    made = subprocess.run([ROOT / "scripts" / "kustomize", "build", tmp_path], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return list(yaml.safe_load_all(made.stdout)), deployment


def named(manifests, kind, name):
    (found,) = [each for each in manifests if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def told(values):
    """The settings that a process is told, as the service reads them."""
    given = {name.removeprefix("CASELOAD_").lower(): value for name, value in values.items() if "BOUNCE" in name}
    return NotificationsSettings(environment="development", **given)


def test_the_pods_that_react_receive_reports_and_the_service_leads_to_them_alone(receiving):
    manifests, receiver = receiving
    deployment = named(manifests, "Deployment", receiver)
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["args"][1] in {"all", "react"}, "who does not react does not listen"
    listening = [each["containerPort"] for each in container["ports"] if each["name"] == "reports"]
    env = {each["name"]: each for each in container["env"]}
    installation = next(m["data"] for m in manifests if m["kind"] == "ConfigMap" and m["metadata"]["name"].startswith("installation"))
    domain = installation[env["CASELOAD_BOUNCE_DOMAIN"]["valueFrom"]["configMapKeyRef"]["key"]]
    settings = told({"CASELOAD_BOUNCE_DOMAIN": domain, "CASELOAD_BOUNCE_LISTEN": env["CASELOAD_BOUNCE_LISTEN"]["value"]})
    assert (settings.bounce_domain, [int(settings.bounce_listen.rpartition(":")[2])]) == ("bounces.example.org", listening)

    selector = named(manifests, "Service", "notifications-reports")["spec"]["selector"]
    led_to = [
        m["metadata"]["name"]
        for m in manifests
        if m["kind"] == "Deployment" and selector.items() <= m["spec"]["template"]["metadata"]["labels"].items()
    ]
    assert led_to == [receiver]
    others = [m["metadata"]["name"] for m in manifests if m["kind"] == "Deployment" and m is not deployment and "CASELOAD_BOUNCE" in str(m)]
    assert others == []


def test_the_mail_exchanger_alone_reaches_the_receiver(receiving):
    manifests, _ = receiving
    policy = named(manifests, "NetworkPolicy", "reports-about-mail")["spec"]
    assert policy["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "notifications"}}
    assert policy["ingress"] == [
        {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "mail"}}}], "ports": [{"port": "reports"}]}
    ]
    ways = [
        m["metadata"]["name"]
        for m in manifests
        if m["kind"] == "NetworkPolicy" and any({"port": "reports"} in rule["ports"] for rule in m["spec"].get("ingress", ()))
    ]
    assert ways == ["reports-about-mail"]


def test_compose_publishes_the_receiver_on_this_machine_only_where_that_is_chosen(monkeypatch, compose):
    assert "ports" not in compose["services"]["notifications"]
    monkeypatch.setitem(INSTALLATION, "CASELOAD_BOUNCE_DOMAIN", "bounces.example.org")
    chosen = yaml.safe_load(interpolated((COMPOSE / "compose.bounces.yaml").read_text()))["services"]
    assert chosen.keys() == {"notifications"}
    (port,) = chosen["notifications"]["ports"]
    settings = told(chosen["notifications"]["environment"])
    assert settings.bounce_domain == "bounces.example.org"
    # As many as there are processes during an upgrade.
    assert port == f"127.0.0.1:2525-2526:{settings.bounce_listen.rpartition(':')[2]}"
