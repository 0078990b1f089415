"""Compose and Kubernetes run the same: the same processes, told the same, given the same secrets, and no more than they need."""

import importlib
import json
import re
import tomllib
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from containers import COMPOSE, OWN_IMAGE, Process, processes, workloads

from chassis.settings import Settings
from deployment.bucket import BucketSettings
from deployment.ledger import LedgerSettings
from deployment.processes import DATABASE_ROLES, PROCESSES, SERVERS, SERVICES
from deployment.provision import ProvisionSettings
from deployment.restored import RestoredSettings, service_settings
from deployment.secret_files import Installation
from gateway.settings import GatewaySettings
from standalone.services import NAMES
from standalone.services import SERVICES as ALL
from standalone.settings import StandaloneSettings

# What each installation decides for itself.
OWN = {
    "CASELOAD_PUBLIC_URL",
    "CASELOAD_APP_URL",
    "CASELOAD_BLOB_URL",
    "CASELOAD_CHECKPOINTS_URL",
    "CASELOAD_CLIENT_ARCHIVES_URL",
    "CASELOAD_AUDIT_EXPORTS_URL",
    "CASELOAD_LEDGER_URL",
    "CASELOAD_BACKUPS_URL",
    "CASELOAD_JOB_FILES_URL",
    "CASELOAD_MAIL_FROM",
    "CASELOAD_CORS_ORIGINS",
    "CASELOAD_TRUSTED_PROXIES",
    "AWS_CA_BUNDLE",
}
# Read by libraries, not by us.
MIGRATE = ("migrate", "expand")
LIBRARIES = {"AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE", "TMPDIR"}


def settings_of(process):
    """The settings a process reads, by its command."""
    command, *rest = process.arguments
    if command == "gateway":
        return GatewaySettings
    if command == "provision":
        return ProvisionSettings
    if command == "bucket":
        return BucketSettings
    if command == "ledger":
        return LedgerSettings
    if tuple(rest) == MIGRATE:
        return Settings
    return importlib.import_module(f"{command}.__main__").SERVICE.settings


@pytest.fixture(params=["compose", "practice", "practice-with-database", "hospital"])
def deployment(request, composed, rendered):
    return composed if request.param == "compose" else processes(rendered(request.param))


def test_every_service_is_deployed_under_its_own_name(composed):
    assert set(SERVICES) == set(NAMES)
    assert {*PROCESSES, "ledger", "provision", "bucket", *(f"{name}-migration" for name in NAMES)} == set(composed)


def test_the_services_that_erase_have_a_role_to_erase_as():
    erasing = {name for name in NAMES if importlib.import_module(f"{name}.__main__").SERVICE.erases}

    assert {name for name, kinds in DATABASE_ROLES.items() if "eraser" in kinds.values()} == erasing


def test_the_import_rules_hold_for_every_service():
    rules = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(SERVICES) <= set(rules["root_packages"])
    for rule in rules["contracts"]:
        named = {
            str(module).split(".")[0]
            for module in [*rule.get("containers", ()), *rule.get("source_modules", ()), *rule.get("protected_modules", ())]
        }
        if named & set(SERVICES) - {"identity"}:
            assert named | {"identity"} >= set(SERVICES), rule["name"]


def test_the_small_overlay_runs_what_compose_runs(composed, rendered):
    practice = processes(rendered("practice-with-database"))

    assert set(practice) == set(composed)
    for name, process in practice.items():
        # `all` is what a service does when it is not told a part.
        assert process.arguments in {composed[name].arguments, (*composed[name].arguments, "all")}


def test_both_tell_their_processes_the_same(composed, rendered):
    for name, process in processes(rendered("practice-with-database")).items():
        ours = composed[name].settings
        assert set(process.settings) == set(ours), name
        for setting in set(ours) - OWN:
            assert str(process.settings[setting]).split() == str(ours[setting]).split(), (name, setting)


def test_both_give_their_processes_the_same_secrets(composed, rendered):
    for name, process in processes(rendered("practice-with-database")).items():
        assert process.secrets == composed[name].secrets, name


def test_the_large_overlay_runs_the_same_in_parts(rendered):
    practice, hospital = processes(rendered("practice")), processes(rendered("hospital"))
    parts = {}
    for name, process in hospital.items():
        whole = practice[name.removesuffix("-relay").removesuffix("-reactions")]
        assert process.arguments[0] == whole.arguments[0]
        settings, secrets = set(whole.settings), dict(whole.secrets)
        if process.arguments[0] in SERVICES and process.arguments[1] in {"serve", "relay"}:
            # Only reactions erase.
            settings.remove("CASELOAD_ERASER_DATABASE_URL_FILE")
            del secrets["/run/secrets/eraser-database-url"]
        assert (set(process.settings), process.secrets) == (settings, secrets), name
        if process.arguments[0] in SERVICES and process.arguments[1] != "migrate":
            parts.setdefault(process.arguments[0], set()).add(process.arguments[1])

    assert set(hospital) >= set(practice)
    # Every service reacts: to the erasure of a workspace, if to nothing else.
    assert parts == {name: {"serve", "relay", "react"} for name in SERVICES}


@pytest.mark.parametrize("name", SERVICES)
def test_the_role_that_erases_is_known_where_something_erases_and_nowhere_else(deployment, name):
    knowing = {process.arguments for process in deployment.values() if f"{name}-eraser-database-url" in process.secrets.values()}

    (part,) = {arguments for arguments in knowing if arguments[0] == name and arguments[1:] != MIGRATE}
    assert part in {(name,), (name, "all"), (name, "react")}
    assert knowing <= {part, ("provision",)}


# What a deployment decides by what it is: who listens where, what encrypts, and where secrets lie.
FIXED = {
    "environment", "listen", "http_listen", "health_listen", "peers", "service_keys_dir", "keyring", "keyring_file", "access_key_file",
    "tls_certificate_file", "tls_key_file", "tls_authority_file", "database_url", "relay_database_url", "eraser_database_url", "broker_url",
    "smtp_url", "gateway_secret", "rate_limit_store_url", "blob_url", "job_files_url",
}  # fmt: skip


@pytest.fixture
def told_by_the_installation(request):
    """Which settings an installation can give a process, by the name of the process: the rest is fixed by the deployment."""

    def of(kind, process, settings):
        if kind != "compose":
            # An overlay's literals win over the base's, whatever their names; what a container is told by name wins over both.
            fixed = {variable["name"] for variable in request.getfixturevalue("rendered_env")(kind, process.name)}
        else:
            written = yaml.safe_load((COMPOSE / "compose.yaml").read_text())["services"][process.name]
            common = yaml.safe_load((COMPOSE / "service.yaml").read_text())["services"]["service"] if "extends" in written else {}
            files = written.get("env_file", common.get("env_file"))
            assert files == [{"path": ".env", "required": False}], process.name
            told = {**common.get("environment", {}), **written.get("environment", {})}
            fixed = {name for name, value in told.items() if f"${{{name}" not in str(value)}
        return {name for name in settings if not {f"CASELOAD_{name.upper()}", f"CASELOAD_{name.upper()}_FILE"} & fixed}

    return of


@pytest.fixture
def rendered_env(rendered):
    """What a container is told by name, beside its ConfigMap."""

    def of(overlay, name):
        (workload,) = [each for each in workloads(rendered(overlay)) if each["metadata"]["name"] == name]
        (container,) = workload["spec"]["template"]["spec"]["containers"]
        assert container["envFrom"], name
        # From the ConfigMap `installation`, which is the installation's own word.
        return [variable for variable in container.get("env", ()) if "valueFrom" not in variable]

    return of


@pytest.mark.parametrize("kind", ["compose", "practice", "hospital"])
def test_every_setting_can_be_set_in_a_deployment(kind, composed, rendered, told_by_the_installation):
    for process in (composed if kind == "compose" else processes(rendered(kind))).values():
        if process.arguments[0] not in PROCESSES or process.arguments[1:] == MIGRATE:
            continue
        settings = set(settings_of(process).model_fields)

        can_be_set = told_by_the_installation(kind, process, settings)

        assert settings - can_be_set <= FIXED, process.name


def test_every_setting_that_a_page_names_exists():
    fields = {
        name
        for settings in (
            Settings,
            GatewaySettings,
            BucketSettings,
            LedgerSettings,
            ProvisionSettings,
            StandaloneSettings,
            *(service.settings for service in ALL),
        )
        for name in settings.model_fields
    }
    root = Path(__file__).parents[2]
    # What compose alone reads, what tests and the journey in README.md are told, and what a command in a terminal reads.
    commands = root / "standalone" / "src" / "standalone" / "jobs.py"
    others = {
        name
        for file in (*COMPOSE.glob("*.yaml"), COMPOSE / "development", root / "README.md", commands)
        for name in re.findall(r"\bCASELOAD_([A-Z0-9_]+)", file.read_text())
    }
    for page in (root / "deploy" / "README.md", root / "docs" / "operations" / "retention.md", root / "docs" / "front-end.md"):
        for name in re.findall(r"`CASELOAD_([A-Z0-9_]+)`", page.read_text()):
            assert name.lower() in fields or name.lower().removesuffix("_file") in fields or name in others, (page.name, name)


def test_nothing_is_said_that_nobody_reads(deployment):
    for process in deployment.values():
        fields = settings_of(process).model_fields
        for setting in set(process.settings) - LIBRARIES:
            name = setting.removeprefix("CASELOAD_").lower()
            assert setting.startswith("CASELOAD_"), setting
            assert name in fields or name.removesuffix("_file") in fields, f"{process.name} does not read {setting}"


def test_every_file_a_setting_names_is_there(deployment):
    for process in deployment.values():
        for setting, value in process.settings.items():
            if str(value).startswith("/run/") and not setting.endswith("_DIR"):
                assert value in process.secrets, (process.name, setting)


def test_no_secret_is_given_to_whom_no_setting_tells_of_it(deployment):
    for process in deployment.values():
        told = {value for value in process.settings.values() if str(value).startswith("/run/")}
        for path in process.secrets:
            # The authority is named within the addresses of database and broker.
            if path != "/run/secrets/authority-certificate":
                assert path in told or path.rpartition("/")[0] in told, (process.name, path)


def test_nobody_is_given_anothers_secrets(deployment):
    """A service gets its own database role, key and certificate, and public halves of the others'; the administrator's address is for tasks."""
    for process in deployment.values():
        if process.name == "provision":
            continue
        owner = process.arguments[0]
        is_task = process.name == "bucket" or process.arguments[1:] == MIGRATE
        for name in process.secrets.values():
            of = name.partition("-")[0]
            assert of not in PROCESSES or of == owner or name.endswith("-service-key-public"), (process.name, name)
            assert of not in SERVERS or (process.name, name) == ("bucket", "s3-credentials"), (process.name, name)
            assert not name.startswith("backup"), (process.name, name)
            assert is_task or name != "admin-database-url", process.name
            assert not is_task or name in {"admin-database-url", "authority-certificate", "s3-credentials"}, (process.name, name)


@contextmanager
def told(process, tmp_path, monkeypatch):
    """Within it, this process is told what the container is, with the secrets that were made in `made`."""
    place = tmp_path / process.name
    for path, name in process.secrets.items():
        target = place / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((tmp_path / "made" / name).read_bytes())
    with monkeypatch.context() as environment:
        for setting, value in process.settings.items():
            environment.setenv(setting, str(value).replace("/run/", f"{place}/run/"))
        yield environment


def test_what_is_deployed_is_fit_for_production(deployment, tmp_path, monkeypatch):
    """With freshly made secrets, every process takes the settings it is given; without one of them, it refuses."""
    Installation(tmp_path / "made").make(database="postgres:5432", broker="rabbitmq:5671", smtp_url="smtps://u:p@mail.example.org")
    for process in deployment.values():
        with told(process, tmp_path, monkeypatch) as environment:
            settings = settings_of(process)()
            assert settings.environment == "production"
            if process.arguments[0] in PROCESSES and process.arguments[1:] != MIGRATE:
                assert settings.tls_certificate_file.exists()
                environment.delenv("CASELOAD_TLS_KEY_FILE")
                with pytest.raises(ValueError, match="CASELOAD_TLS_CERTIFICATE_FILE"):
                    settings_of(process)()


def test_every_secret_that_is_used_is_made_and_every_one_made_is_used(compose, deployment, tmp_path):
    Installation(tmp_path).make(database="postgres:5432", broker="rabbitmq:5671", smtp_url="smtps://mail.example.org")
    made = {path.name for path in tmp_path.iterdir() if path.is_file()}
    used = {name for process in deployment.values() for name in process.secrets.values()}

    assert used <= made
    # The rest is for the servers that compose alone brings along.
    servers = {
        secret if isinstance(secret, str) else secret["source"]
        for service in compose["services"].values()
        if service["image"] != OWN_IMAGE
        for secret in service["secrets"]
    }
    assert made - used - servers == {
        "mail-tls-certificate",
        "mail-tls-key",
        "valkey-password",
        "backup-passphrase",
    } | (set() if "backups-database-url" in used else {"backups-database-url"} - servers)
    assert set(compose["secrets"]) == (used | servers)


# Under which names a service is told its buckets.
BUCKETS = {
    "clinical": ("CASELOAD_BLOB_URL",),
    "audit": ("CASELOAD_BLOB_URL", "CASELOAD_JOB_FILES_URL"),
    "clients": ("CASELOAD_JOB_FILES_URL",),
}


def test_files_checkpoints_archives_and_exports_have_a_bucket_each_and_each_service_an_account(deployment, tmp_path):
    Installation(tmp_path).make(database="postgres:5432", broker="rabbitmq:5671")
    buckets, accounts = {}, {}
    for process in deployment.values():
        if process.arguments[0] in BUCKETS and process.arguments[1:] != MIGRATE:
            told = tuple(process.settings[name] for name in BUCKETS[process.arguments[0]])
            buckets.setdefault(process.arguments[0], set()).add(told)
            accounts.setdefault(process.arguments[0], set()).add((tmp_path / process.secrets["/run/secrets/s3-credentials"]).read_text())
        elif process.name not in {"bucket", "ledger"}:
            known = {"CASELOAD_BLOB_URL", "CASELOAD_JOB_FILES_URL", "AWS_SHARED_CREDENTIALS_FILE"}
            assert not known & process.settings.keys(), process.name

    ((files,),), ((checkpoints, exports),), ((archives,),) = buckets["clinical"], buckets["audit"], buckets["clients"]
    assert len({urlsplit(url).netloc for url in (files, checkpoints, archives, exports)}) == 4
    for url in (files, archives, exports):
        assert "lock" not in parse_qs(urlsplit(url).query), "a file that an erasure deletes cannot be kept"
    assert parse_qs(urlsplit(checkpoints).query)["lock"][0] in {"governance", "compliance"}
    own = [account for service in BUCKETS for account in accounts[service]]
    own.append((tmp_path / deployment["ledger"].secrets["/run/secrets/s3-credentials"]).read_text())
    assert len({*own, (tmp_path / "s3-credentials").read_text()}) == 5 == len(own) + 1
    task = deployment["bucket"].settings
    told = (
        task["CASELOAD_BLOB_URL"],
        task["CASELOAD_CHECKPOINTS_URL"],
        task["CASELOAD_CLIENT_ARCHIVES_URL"],
        task["CASELOAD_AUDIT_EXPORTS_URL"],
    )
    assert tuple(map(unversioned, told)) == tuple(map(unversioned, (files, checkpoints, archives, exports)))


def unversioned(url):
    """What the bucket keeps is for whom makes it."""
    return re.sub(r"[?&]versions=\w+", "", url)


def test_compose_tells_services_of_their_buckets_what_the_release_before_understands(composed):
    """It is gone back to with this file, and refuses to start on an option that it does not know."""
    known = {"region", "endpoint", "public_endpoint", "encryption", "lock", "lock_days"}
    for name, settings in BUCKETS.items():
        for setting in settings:
            assert parse_qs(urlsplit(composed[name].settings[setting]).query).keys() <= known, (name, setting)
    task = composed["bucket"].settings
    for setting in ("BLOB", "CHECKPOINTS", "CLIENT_ARCHIVES", "AUDIT_EXPORTS", "LEDGER"):
        assert parse_qs(urlsplit(task[f"CASELOAD_{setting}_URL"]).query)["versions"], setting


def test_an_account_of_the_store_may_do_what_its_service_does_in_its_own_bucket(composed):
    may = {}
    for service, names in BUCKETS.items():
        own = [urlsplit(composed[service].settings[name]).netloc for name in names]
        for statement in json.loads((COMPOSE / "s3-policies" / f"{service}.json").read_text())["Statement"]:
            assert statement["Effect"] == "Allow"
            for resource in statement["Resource"]:
                bucket = resource.removeprefix("arn:aws:s3:::").removesuffix("/*")
                assert bucket in own
                may.setdefault(bucket, set()).update(statement["Action"])

    (files,), (checkpoints, exports), (archives,) = (
        [urlsplit(composed[service].settings[name]).netloc for name in BUCKETS[service]] for service in ("clinical", "audit", "clients")
    )
    assert may[files] == may[archives] == may[exports] == {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
    # Neither to delete a version nor to shorten its retention.
    assert may[checkpoints] == {
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:PutObjectRetention",
    }


def test_a_start_of_everything_takes_nothing_away_from_the_release_before(deployment):
    """`docker compose up` and `kubectl apply` run the migrations again, also in the days in which people may want to go back."""
    for service in NAMES:
        assert tuple(deployment[f"{service}-migration"].arguments) == (service, "migrate", "expand")


def test_the_ledger_of_erasures_is_added_to_and_nothing_is_taken_away(deployment, composed):
    told = deployment["ledger"].settings["CASELOAD_LEDGER_URL"]
    assert told == deployment["bucket"].settings["CASELOAD_LEDGER_URL"]
    kept = parse_qs(urlsplit(told).query)
    assert kept["versions"] == ["kept"]
    assert kept["lock"][0] in {"governance", "compliance"}
    assert "CASELOAD_KEYRING_FILE" not in deployment["ledger"].settings
    bucket = urlsplit(composed["ledger"].settings["CASELOAD_LEDGER_URL"]).netloc
    statements = json.loads((COMPOSE / "s3-policies" / "ledger.json").read_text())["Statement"]
    assert {resource for each in statements for resource in each["Resource"]} == {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
    may = {action for each in statements for action in each["Action"]}
    assert may == {"s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}


def test_a_restore_is_given_what_it_needs_by_both(compose, rendered, tmp_path, monkeypatch):
    """All secrets, and the buckets of the services: with them it takes every service's settings."""
    Installation(tmp_path / "made").make(database="postgres:5432", broker="rabbitmq:5671")
    for process in restoring(compose, rendered):
        with told(process, tmp_path, monkeypatch):
            own = service_settings(RestoredSettings())
        assert set(own) == set(SERVICES)
        assert urlsplit(own["clinical"].blob_url).netloc == urlsplit(process.settings["CASELOAD_BLOB_URL"]).netloc
        assert own["audit"].blob_url == process.settings["CASELOAD_CHECKPOINTS_URL"]
        assert {each.broker_url.get_secret_value() for each in own.values()} == {"inprocess://"}
        assert {path.name for path in (tmp_path / process.name / "run" / "service-keys").iterdir()} == {
            f"{n}.{end}" for n in SERVICES for end in ("key", "pub")
        }


def restoring(compose, rendered):
    written = yaml.safe_load((COMPOSE / "compose.restore.yaml").read_text())["services"]["restored"]
    bucket = compose["services"][written["extends"]["service"]]
    made = Process("compose", tuple(written["command"]), {**bucket["environment"], **written["environment"]})
    for secret in (*bucket["secrets"], *written["secrets"]):
        source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
        made.secrets[target if target.startswith("/") else f"/run/secrets/{target}"] = source
    assert set(made.secrets.values()) <= set(compose["secrets"]) | {"s3-credentials"}
    manifests = rendered("practice", components=("restore",))
    found = processes(manifests)
    other = found.pop("restored")
    assert found.keys() == processes(rendered("practice")).keys()
    assert other.secrets == made.secrets
    assert set(other.settings) == set(made.settings) - {"CASELOAD_BACKUPS_URL"}
    return made, other
