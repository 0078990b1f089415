"""The steps of an upgrade, on a target in memory; `tests-e2e/drill/upgrades.py` takes them on real processes."""

import json
import sys
import time
from datetime import timedelta

import pytest

from deployment.processes import PROCESSES, SERVICES
from deployment.secret_files import Installation
from deployment.upgrades import compose, kubernetes
from deployment.upgrades.commands import contracted, migrated
from deployment.upgrades.kubernetes import Kubernetes, images
from deployment.upgrades.rolling import Busy, RolledBack, Unhealthy, Upgrade
from deployment.upgrades.rules import GIB, Refused, Situation, reasons_against, rolling_order, way_between


@pytest.mark.parametrize("overlay", ["practice", "hospital"])
def test_the_overlays_have_what_an_upgrade_of_kubernetes_takes_from_them(rendered, overlay):
    target = Kubernetes(rendered(overlay), "caseload", None, [])

    assert target.build.endswith(":0.3.0")
    for name in PROCESSES:
        assert target.deployments(name), name
        assert {image for one in target.deployments(name) for image in images(one)} == {target.build}
    for service in SERVICES:
        job = target.job(f"{service}-migration", [service, "migrate", "expand"])
        assert job["metadata"]["name"] == f"upgrade-{service}-migration-{service}-migrate-expand"
        assert len(job["metadata"]["name"]) <= 63
        assert job["spec"]["template"]["spec"]["containers"][0]["args"] == [service, "migrate", "expand"]
    assert target.job("provision", ["revisions"])["metadata"]["name"] == "upgrade-provision-revisions"


class Memory:
    """What it was asked, in order; `broken` is a process that does not start with the new build, `ill_after` one that falls ill when it was replaced,
    `away` one at which a command fails half-way.
    """

    services, processes, companions = SERVICES, PROCESSES, ("ledger",)

    def __init__(self, *, broken=None, ill_after=None, busy=0, away=None, **situation):
        self.builds = dict.fromkeys((*PROCESSES, *self.companions), "old")
        self.asked = []
        self._broken, self._ill_after, self._busy, self._away = broken, ill_after, busy, away
        self._situation = situation

    def situation(self, build):
        return Situation(**{"builds": self.builds, "unhealthy": (), "newer_database": False, **self._situation})

    def build_of(self, process):
        return self.builds[process]

    def provision(self, build):
        self.asked.append(("provision", build))

    def migrate(self, service, build, *, contract):
        if self._busy:
            self._busy -= 1
            raise Busy("in use")
        self.asked.append(("contract" if contract else "expand", service))

    def replace(self, process, build):
        if process == self._broken and build == "new":
            raise Unhealthy(f"{process} does not start")
        self.asked.append((process, build))
        self.builds[process] = build
        if process == self._away and build == "new":
            raise Refused("docker stop: the daemon does not answer")

    def unhealthy(self):
        return [self._ill_after] if self.builds.get(self._ill_after) == "new" else []


def processes_of(target):
    return {name: build for name, build in target.builds.items() if name in PROCESSES}


def upgrade(target, build="new"):
    said = []
    return Upgrade(target, build, said.append, seconds_to_watch=0.01, attempts=3, seconds_between_attempts=0.0), said


def test_everything_is_migrated_before_the_first_process_is_replaced_and_the_gateway_comes_last():
    target = Memory()

    upgrade(target)[0].run()

    expands = [("expand", service) for service in SERVICES]
    assert target.asked == [("provision", "new"), *expands, *((name, "new") for name in (*SERVICES, "gateway", "ledger"))]


def test_on_the_way_back_nothing_is_migrated_and_the_gateway_goes_first():
    target = Memory()
    target.builds = dict.fromkeys(PROCESSES, "new")

    upgrade(target, "old")[0].run(back=True)

    assert target.asked == [(name, "old") for name in ("gateway", *reversed(SERVICES))]


@pytest.mark.parametrize("fault", ["broken", "ill_after", "away"])
@pytest.mark.parametrize("name", PROCESSES)
def test_one_that_is_not_healthy_takes_all_back(fault, name):
    target = Memory(**{fault: name})

    with pytest.raises(RolledBack):
        upgrade(target)[0].run()

    assert processes_of(target) == dict.fromkeys(PROCESSES, "old")
    replaced = [process for process, build in target.asked if build == "new" and process in PROCESSES]
    assert [process for process, build in target.asked if build == "old"] == replaced[::-1]


@pytest.mark.parametrize("failure", [Unhealthy, Refused])
def test_one_that_cannot_go_back_is_named_and_the_others_go_back(failure):
    target = Memory(broken="gateway")
    replace = target.replace

    def stubborn(process, build):
        if (process, build) == ("clients", "old"):
            raise failure("its disk is full")
        replace(process, build)

    target.replace = stubborn
    run, said = upgrade(target)

    with pytest.raises(RolledBack):
        run.run()

    assert [name for name, build in target.builds.items() if build == "new"] == ["clients"]
    assert "clients: could not go back to old: its disk is full" in said


def test_one_that_had_two_builds_before_stays_as_it_is_when_the_others_go_back():
    target = Memory(broken="gateway")
    target.builds["clients"] = ""
    run, said = upgrade(target)

    with pytest.raises(RolledBack):
        run.run()

    assert [name for name, build in target.builds.items() if build == "new"] == ["clients"]
    assert any(line.startswith("clients: had several builds") for line in said)


def test_an_upgrade_that_was_interrupted_is_run_again():
    target = Memory()
    target.builds |= {"identity": "new", "audit": "new"}

    upgrade(target)[0].run()

    assert ("identity", "new") not in target.asked
    assert processes_of(target) == dict.fromkeys(PROCESSES, "new")


def test_the_ledger_is_replaced_last_and_takes_nobody_back():
    target, broken = Memory(), Memory(broken="ledger")

    upgrade(target)[0].run()
    run, said = upgrade(broken)
    run.run()

    assert target.asked[-1] == ("ledger", "new")
    assert processes_of(broken) == dict.fromkeys(PROCESSES, "new")
    assert "ledger: could not be replaced, see to it: ledger does not start" in said


def test_a_release_that_does_not_know_the_ledger_is_gone_back_to_without_it():
    target = Memory()
    target.builds = dict.fromkeys(target.builds, "new")

    upgrade(target, "old")[0].run(back=True)

    assert target.builds["ledger"] == "new"


def test_a_migration_that_hangs_is_ended_and_what_to_look_at_is_said(servers):
    hangs = [sys.executable, "-c", "import sys, time; print('waits for a table', file=sys.stderr, flush=True); time.sleep(60)"]
    began = time.monotonic()

    with pytest.raises(Refused, match=r"(?s)did not end within 1 s: waits for a table.*no process was replaced.*pg_stat_activity"):
        migrated(hangs, seconds=1.0)

    assert time.monotonic() - began < 15


def test_a_migration_that_gives_way_is_tried_again_and_given_up_before_anything_is_replaced():
    patient, busy = Memory(busy=2), Memory(busy=3)

    upgrade(patient)[0].run()
    with pytest.raises(Refused, match="no process was replaced"):
        upgrade(busy)[0].run()

    assert processes_of(patient) == dict.fromkeys(PROCESSES, "new")
    assert processes_of(busy) == dict.fromkeys(PROCESSES, "old")


def test_nothing_is_taken_away_while_a_process_needs_it():
    target = Memory()
    target.builds |= dict.fromkeys(SERVICES, "new")

    with pytest.raises(Refused, match="gateway would lose"):
        upgrade(target)[0].contract()
    assert target.asked == []

    target.builds["gateway"] = "new"
    upgrade(target)[0].contract()
    assert target.asked == [("contract", service) for service in SERVICES]


@pytest.mark.parametrize(
    ("situation", "reason"),
    [
        ({"unhealthy": ("clients",)}, "clients: it is not healthy"),
        ({"newer_database": True}, "versions: a newer release"),
        ({"free": 4 * GIB}, "disk: 4.0 GiB are free"),
        ({"no_backup": True}, "backup: there is none"),
        ({"backup_age": timedelta(hours=30)}, "backup: the last one is 30 hours old"),
        ({"missing_secrets": ("gateway-broker-url",)}, "secrets: gateway-broker-url is not there: run `secrets` again"),
        ({"stopped": ("0.2.0",)}, "versions: 0.2.0 is reached with everything stopped"),
    ],
)
def test_what_speaks_against_an_upgrade_is_said_and_nothing_is_done(situation, reason):
    target = Memory(**situation)

    with pytest.raises(Refused, match=reason):
        upgrade(target)[0].run()

    assert target.asked == []


def test_neither_illness_nor_an_old_backup_keeps_anybody_from_going_back():
    ill = Situation({}, ("clients",), newer_database=True, backup_age=timedelta(days=9))

    assert reasons_against(ill, back=True) == []
    assert len(reasons_against(ill, back=False)) == 3


def test_nobody_goes_back_to_a_release_whose_columns_were_taken_away():
    target = Memory(contracted=("clients",))
    target.builds = dict.fromkeys(PROCESSES, "new")

    with pytest.raises(Refused, match=r"clients: .*only a backup leads back"):
        upgrade(target, "old")[0].run(back=True)

    assert target.asked == []
    assert contracted("clients 0017 0016 0017\naudit 0009 0009 0009\nidentity 0003 0003 0004\nclinical newer 1 2\n") == ["clients"]


class Docker:
    """Answers what `docker` is asked: one image per container of a process, by its name. `secrets` are the files of the composition's by name,
    `given` those of each of its services.
    """

    def __init__(self, images, secrets=None, given=None):
        self.images, self.secrets, self.given = images, secrets or {}, given or {}
        self.asked = []

    def __call__(self, command, **_):
        self.asked.append(command)
        match command:
            case ["docker", "compose", *_, "config", "--format", "json"]:
                tasks = ["provision", *(f"{service}-migration" for service in SERVICES)]
                services = {
                    name: {"secrets": [{"source": one} for one in self.given.get(name, ())]} for name in (*tasks, *PROCESSES, "ledger")
                }
                return json.dumps({"services": services, "secrets": {name: {"file": str(file)} for name, file in self.secrets.items()}})
            case ["docker", "compose", *_, "ps", "--quiet", process]:
                return " ".join(f"{process}-{number}" for number in range(len(self.images.get(process, ()))))
            case ["docker", "inspect", "--format", "{{.Image}}", container]:
                process, _, number = container.rpartition("-")
                return self.images[process][int(number)]
            case ["docker", "inspect", *_]:
                return "healthy"
            case ["docker", "image", "inspect", "--format", "{{.Id}}", image]:
                return image
            case ["docker", "image", "inspect", "--format", label, image]:
                if not image:
                    raise Refused("docker image inspect: invalid reference format")
                return "0.3.0" if "version" in label else ""
            case [*_, "provision", "revisions"]:
                return "".join(f"{service} 0009 0009 0009\n" for service in SERVICES)
        return ""


@pytest.mark.parametrize(("images", "ill"), [([], ["clients"]), (["old", "new"], [])])
def test_an_installation_that_an_upgrade_has_left_with_two_builds_of_a_process_or_with_none_is_looked_at(monkeypatch, images, ill):
    monkeypatch.setattr(compose, "asked", Docker({name: ["old"] for name in PROCESSES} | {"clients": images}))

    found = compose.Compose(["compose.yaml"], None, [("0.2.0", "6189f07", "stopped")]).situation("new")

    assert found.builds["clients"] == ""
    assert found.unhealthy == ill
    assert found.stopped == []


@pytest.fixture
def secrets_of_before(tmp_path):
    """The folder of an installation of a release that knows no `gateway-broker-url`."""
    made = Installation(tmp_path / "secrets")
    made.make(database="postgres:5432", broker="rabbitmq:5671", smtp_url="smtps://mail.example.org")
    (made.folder / "gateway-broker-url").unlink()
    return made.folder


def test_a_secret_that_is_new_and_was_not_made_is_named_before_anything_is_started(monkeypatch, composed, secrets_of_before):
    given = {name: process.secrets.values() for name, process in composed.items()}
    files = {name: secrets_of_before / name for names in given.values() for name in names if not name.startswith("s3-policy")}
    docker = Docker({name: ["old"] for name in PROCESSES}, files, given)
    monkeypatch.setattr(compose, "asked", docker)
    target = compose.Compose(["compose.yaml"], None, [("0.2.0", "6189f07", "stopped")])

    with pytest.raises(Refused, match=r"secrets: gateway-broker-url is not there") as refused:
        Upgrade(target, "new", lambda _line: None).run()

    assert "secrets:" not in str(refused.value).replace("secrets: gateway-broker-url", ""), "no other one is missing"
    assert not [command for command in docker.asked if "up" in command or "run" in command or "rm" in command]


@pytest.mark.parametrize("overlay", ["practice", "hospital"])
def test_an_entry_that_is_new_and_was_not_handed_over_is_named(monkeypatch, rendered, overlay, secrets_of_before):
    written = {"clients-s3-credentials", "clinical-s3-credentials", "audit-s3-credentials", "ledger-s3-credentials"}
    there = {file.name for file in secrets_of_before.iterdir() if file.is_file()} | written
    asked = []

    def kubectl(command, **_):
        asked.append(command)
        if "secret" in command:
            return " ".join(there)
        return json.dumps({"items": []})

    monkeypatch.setattr(kubernetes, "asked", kubectl)
    target = Kubernetes(rendered(overlay), "caseload", None, [])

    with pytest.raises(Refused, match=r"secrets: gateway-broker-url is not there") as refused:
        Upgrade(target, target.build, lambda _line: None).run()

    assert str(refused.value).count("secrets:") == 1
    assert not [command for command in asked if "apply" in command]
    there.add("gateway-broker-url")
    assert target._missing_secrets() == []


VERSIONS = (("0.1.0", "stopped"), ("0.2.0", "stopped"), ("0.3.0", "rolling"))


@pytest.mark.parametrize(
    ("before", "after", "stopped"),
    [
        ("0.1.0", "0.2.0", ["0.2.0"]),
        ("0.1.0", "0.3.0", ["0.2.0"]),
        ("0.2.0", "0.3.0", []),
        ("0.3.0", "0.2.0", []),
        ("0.3.0", "0.1.0", ["0.2.0"]),
        ("0.3.0", "0.4.0", []),
        ("0.1.0", "unreleased", ["0.2.0"]),
        ("0.2.0", "0.2.0", []),
    ],
)
def test_a_release_that_is_reached_with_everything_stopped_is_in_the_way(before, after, stopped):
    assert way_between(VERSIONS, before, after) == stopped


def test_another_order_names_every_process_once():
    assert rolling_order(PROCESSES, PROCESSES[::-1], back=False) == list(PROCESSES[::-1])
    with pytest.raises(Refused, match="each of"):
        rolling_order(PROCESSES, ("gateway",), back=False)
