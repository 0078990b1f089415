"""The database and its backups in containers: compose and Kubernetes run the same, and each container knows no more than it needs."""

import json
from urllib.parse import urlsplit

import pytest
from containers import COMPOSE, DATABASE_IMAGE, Process, beside, told

from deployment.backups.cluster import ARCHIVE_COMMAND
from deployment.secret_files import Installation

# What each installation decides for itself: where the repository is, and how long it is kept.
OWN = {
    "PGBACKREST_REPO1_S3_BUCKET",
    "PGBACKREST_REPO1_S3_REGION",
    "PGBACKREST_REPO1_S3_ENDPOINT",
    "PGBACKREST_REPO1_STORAGE_CA_FILE",
}
TASKS = {"backup-full": "full", "backup-differential": "diff", "backup-proof": "prove"}


@pytest.fixture(scope="session")
def in_compose(compose):
    found = {}
    for name, service in compose["services"].items():
        if service["image"] == DATABASE_IMAGE:
            process = Process(name, tuple(service["command"]), {key: str(value) for key, value in service["environment"].items()})
            for secret in service["secrets"]:
                source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
                process.secrets[f"/run/secrets/{target}"] = source
            found[name] = process
    assert set(found) == {"postgres", "pgbackrest", "backups"}
    return found


@pytest.fixture(scope="session")
def in_kubernetes(rendered):
    manifests = rendered("practice-with-database")
    maps = {manifest["metadata"]["name"]: manifest["data"] for manifest in manifests if manifest["kind"] == "ConfigMap"}
    found = {name: told(name, container, pod, maps) for name, (container, pod) in beside(manifests).items()}
    assert set(found) == {"postgres", "pgbackrest", "backups", *TASKS}
    return found


def test_both_run_the_database_and_its_copier_alike(in_compose, in_kubernetes):
    for name in ("postgres", "pgbackrest"):
        assert in_kubernetes[name].arguments == in_compose[name].arguments, name


def test_both_tell_them_the_same_and_give_them_the_same_secrets(in_compose, in_kubernetes):
    for name, process in in_kubernetes.items():
        ours = in_compose["backups" if name in TASKS else name]
        assert {key for key in process.settings if key not in OWN} == {key for key in ours.settings if key not in OWN}, name
        for key in set(ours.settings) - OWN:
            assert process.settings[key] == ours.settings[key], (name, key)
        assert process.secrets == ours.secrets, name


def test_cron_jobs_make_what_the_schedule_of_compose_makes(in_compose, in_kubernetes, rendered):
    assert in_compose["backups"].arguments[-1] == "schedule"
    assert in_kubernetes["backups"].arguments[-1] == "watch"
    assert {name: in_kubernetes[name].arguments[-1] for name in TASKS} == TASKS
    jobs = {m["metadata"]["name"]: m["spec"] for m in rendered("practice-with-database") if m["kind"] == "CronJob"}
    assert {name: job["schedule"] for name, job in jobs.items()} == {
        "backup-full": "0 1 * * 0",
        "backup-differential": "0 1 * * 1-6",
        "backup-proof": "0 4 * * 3",
    }
    assert all((job["concurrencyPolicy"], job["timeZone"]) == ("Forbid", "Etc/UTC") for job in jobs.values())


def test_the_log_is_archived_within_seconds_and_never_dropped(in_compose, in_kubernetes):
    for process in (in_compose["postgres"], in_kubernetes["postgres"]):
        assert {"archive_mode=on", f"archive_command={ARCHIVE_COMMAND}", "archive_timeout=3"} <= set(process.arguments)
        assert "PGBACKREST_ARCHIVE_PUSH_QUEUE_MAX" not in process.settings, "what is over it is dropped, and told as archived"


def test_the_repository_is_encrypted_and_its_secrets_are_in_files(in_compose, in_kubernetes, tmp_path):
    Installation(tmp_path).make(database="postgres:5432", broker="rabbitmq:5671")
    secret = (tmp_path / "backup-repository").read_text()
    assert f"repo1-cipher-pass={(tmp_path / 'backup-passphrase').read_text()}\n" in secret
    assert (tmp_path / "s3-secret-key").read_text() not in secret
    for process in (*in_compose.values(), *in_kubernetes.values()):
        assert not {key for key in process.settings if key.endswith(("_PASS", "_KEY", "_SECRET"))}, process.name
        if "/run/secrets/backup-repository" in process.secrets:
            assert process.settings["PGBACKREST_REPO1_CIPHER_TYPE"] == "aes-256-cbc"
    for processes in (in_compose, in_kubernetes):
        # Who reads the files has no key of the repository; who has one reaches neither keyring nor administrator.
        assert "backup-repository" not in processes["pgbackrest"].secrets.values()
        for name in set(processes) - {"postgres"}:
            assert not {"keyring", "admin-database-url", "postgres-password", "s3-credentials"} & set(processes[name].secrets.values()), (
                name
            )


def test_the_account_of_the_repository_reaches_its_bucket_alone_and_destroys_no_version(compose, in_compose):
    statements = json.loads((COMPOSE / "s3-policies" / "backups.json").read_text())["Statement"]
    bucket = in_compose["backups"].settings["PGBACKREST_REPO1_S3_BUCKET"]
    made = compose["services"]["bucket"]["environment"]["CASELOAD_BACKUPS_URL"]
    assert urlsplit(made).netloc == bucket
    assert "versions=14" in made, "what somebody deletes with this account is still there"
    resources = {resource for statement in statements for resource in statement["Resource"]}
    assert resources == {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
    assert not {"s3:DeleteObjectVersion", "s3:PutBucketVersioning", "s3:*"} & {a for s in statements for a in s["Action"]}


def test_the_copier_writes_nothing_of_the_database(compose, rendered):
    volumes = compose["services"]["pgbackrest"]["volumes"]
    assert "postgres:/var/lib/postgresql/data:ro" in volumes
    assert not any(volume.startswith("postgres:") for volume in compose["services"]["backups"]["volumes"])
    container, _ = beside(rendered("practice-with-database"))["pgbackrest"]
    assert next(m for m in container["volumeMounts"] if m["name"] == "data")["readOnly"] is True
    hba = (COMPOSE / "pg_hba.conf").read_text()
    assert [line.split()[:4] for line in hba.splitlines() if line.startswith("local")] == [
        ["local", "all", "backups", "trust"],
        ["local", "all", "all", "scram-sha-256"],
    ]
    assert (COMPOSE.parent / "k8s" / "components" / "postgres" / "pg_hba.conf").read_text() == hba


def test_pods_of_the_database_and_its_backups_are_confined(rendered):
    for name, (container, pod) in beside(rendered("practice-with-database")).items():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }, name
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert "memory" in container["resources"]["limits"]


def test_policies_let_backups_reach_the_copier_and_nobody_else(rendered):
    policies = {m["metadata"]["name"]: m["spec"] for m in rendered("practice-with-database") if m["kind"] == "NetworkPolicy"}
    asked, copied = policies["database-is-asked"]["ingress"]
    assert copied == {
        "from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "backups"}}}],
        "ports": [{"port": "pgbackrest"}],
    }
    kept_out = asked["from"][0]["podSelector"]["matchExpressions"][1]
    assert (kept_out["operator"], kept_out["values"]) == ("NotIn", ["gateway", "bucket", "valkey", "postgres"])
    assert policies["repository"]["podSelector"]["matchExpressions"][0]["values"] == ["postgres", "backups"]
    assert policies["repository"]["egress"] == [{"ports": [{"port": 443}, {"port": 9000}]}]
