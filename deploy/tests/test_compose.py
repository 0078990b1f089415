"""Containers may do little, and nothing in compose's files is a secret."""

import re

import yaml
from containers import COMPOSE, interpolated


def test_containers_are_not_root_write_nowhere_and_hold_no_privilege(compose):
    for name, service in compose["services"].items():
        assert service["user"] == "10001:10001", name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "pid", "network_mode", "devices"} & set(service), name
        assert not any("docker.sock" in volume for volume in service.get("volumes", ())), name


def test_what_serves_says_how_it_fares_and_what_prepares_ends_first(compose):
    tasks = {name for name, service in compose["services"].items() if service["restart"] == "no"}
    assert tasks == {"provision", "bucket", "s3-accounts", *(f"{name}-migration" for name in SERVED)}
    for name, service in compose["services"].items():
        assert ("healthcheck" in service) == (name not in tasks), name
        for other, condition in service.get("depends_on", {}).items():
            ends = "service_completed_successfully" if other in tasks else "service_healthy"
            assert condition == {"condition": ends}, (name, other)
    for name in SERVED:
        assert f"{name}-migration" in compose["services"][name]["depends_on"]


SERVED = ("identity", "clients", "scheduling", "clinical", "notifications", "audit")


def test_only_the_gateway_and_the_files_are_published_and_only_to_this_machine(compose):
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert set(published) == {"gateway", "s3"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    for name, service in compose["services"].items():
        if name not in {"gateway", "s3", "notifications", "identity"}:
            assert all(compose["networks"][network]["internal"] for network in service["networks"]), name


def test_no_file_has_a_secret_or_a_default_for_one():
    files = list(COMPOSE.glob("*.yaml"))
    assert COMPOSE / "compose.yaml" in files
    for path in files:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not re.match(r"\s*[A-Z_]*(PASSWORD|SECRET|_KEY|TOKEN)[A-Z_]*:(?! */run/)", line), f"{path.name}:{number}"
            assert not re.search(r"://[^/\s]*:[^/\s]*@", line), f"{path.name}:{number}"


def test_development_alone_catches_mail_and_opens_what_everybody_knows(compose):
    development = yaml.safe_load(interpolated((COMPOSE / "compose.development.yaml").read_text()))["services"]
    assert {service.get("command", [None])[0] for service in development.values()} >= {"mail", "demo"}
    assert not {"mail", "demo"} & {service.get("command", [None])[0] for service in compose["services"].values()}
    for name, service in development.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
