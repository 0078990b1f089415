"""A process that nobody told otherwise is a production one, and refuses what is only fit for development."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from chassis.settings import Settings

FAR = "postgresql://clients_app:p@db.example.com/caseload?sslmode=verify-full"


def test_a_value_may_be_in_a_file_instead_of_the_environment(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("CASELOAD_BLOB_SECRET_FILE", str(tmp_path / "secret"))
    assert Settings().blob_secret.get_secret_value() == "from a file"

    monkeypatch.setenv("CASELOAD_BLOB_SECRET", "from the environment")
    assert Settings().blob_secret.get_secret_value() == "from the environment"


def test_a_path_stays_a_path(monkeypatch, tmp_path):
    monkeypatch.setenv("CASELOAD_KEYRING_FILE", str(tmp_path / "keyring.json"))

    assert Settings().keyring_file == tmp_path / "keyring.json"


def test_a_mapping_may_be_in_a_file_as_well(monkeypatch, tmp_path):
    (tmp_path / "peers").write_text('{"clients": "unix:/run/clients.sock"}')
    monkeypatch.setenv("CASELOAD_PEERS_FILE", str(tmp_path / "peers"))

    assert Settings().peers == {"clients": "unix:/run/clients.sock"}


def test_links_lead_to_the_gateway_unless_told_otherwise():
    assert Settings(public_url="https://caseload.example.com").app_url == "https://caseload.example.com"
    assert Settings(public_url="https://caseload.example.com", app_url="https://app.example.com").app_url == "https://app.example.com"
    assert Settings().app_url == Settings().public_url


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"blob_url": "file:///files"}, "CASELOAD_BLOB_SECRET"),
        ({"database_url": "postgresql://postgres:p@/x?host=/run"}, "CASELOAD_DATABASE_URL is a superuser's"),
        ({"database_url": FAR.replace("verify-full", "prefer")}, "without sslmode"),
        ({"database_url": FAR.replace("verify-full", "require")}, "without sslmode=verify-full: any other accepts"),
        ({"database_url": FAR.replace("verify-full", "verify-ca")}, "without sslmode=verify-full"),
        ({"relay_database_url": FAR.partition("?")[0]}, "CASELOAD_RELAY_DATABASE_URL leaves this machine"),
        ({"broker_url": "amqp://caseload:p@mq.example.com/"}, "without TLS"),
        ({"broker_url": "amqps://guest:guest@mq.example.com/"}, "default account"),
        ({"listen": "0.0.0.0:50051"}, "CASELOAD_TLS_CERTIFICATE_FILE"),
        ({"peers": {"clients": "clients.example.com:50051"}}, "CASELOAD_TLS_CERTIFICATE_FILE"),
        ({"public_url": "http://caseload.example.com"}, "CASELOAD_PUBLIC_URL is not https"),
    ],
)
def test_production_refuses_and_says_why(values, named):
    with pytest.raises(ValidationError) as refused:
        Settings(**values)
    assert named in str(refused.value)

    Settings(environment="development", **values)


def test_production_takes_what_is_safe(tmp_path):
    certificate = {f"tls_{name}_file": tmp_path / name for name in ("certificate", "key", "authority")}

    safe = Settings(
        database_url=FAR,
        broker_url="amqps://caseload:p@mq.example.com/",
        listen="0.0.0.0:50051",
        public_url="https://caseload.example.com",
        **certificate,
    )
    assert safe.environment == "production"


def test_a_moment_until_unsigned_events_are_taken_has_a_time_zone_and_may_be_left_out(monkeypatch):
    monkeypatch.setenv("CASELOAD_UNSIGNED_EVENTS_UNTIL", "")
    assert Settings().unsigned_events_until is None
    monkeypatch.setenv("CASELOAD_UNSIGNED_EVENTS_UNTIL", "2026-12-01T00:00:00Z")
    assert Settings().unsigned_events_until == datetime(2026, 12, 1, tzinfo=UTC)
    monkeypatch.setenv("CASELOAD_UNSIGNED_EVENTS_UNTIL", "2026-12-01T00:00:00")
    with pytest.raises(ValidationError):
        Settings()


def test_an_inbox_outlives_the_outboxes_whose_events_it_knows():
    Settings(published_events_days=3, handled_events_days=4)
    with pytest.raises(ValidationError, match="CASELOAD_HANDLED_EVENTS_DAYS"):
        Settings(published_events_days=3, handled_events_days=3)


def test_secrets_do_not_show_in_what_is_printed():
    printed = repr(Settings(database_url=FAR, broker_url="amqp://caseload:hush@127.0.0.1/", blob_secret="hush"))

    assert "hush" not in printed
    assert "p@db" not in printed
