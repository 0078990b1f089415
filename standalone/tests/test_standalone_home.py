"""A home's secrets are made once, whole, and for their owner alone."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from chassis.settings import Settings
from standalone.home import Home, as_role
from standalone.services import NAMES, SERVICES
from standalone.settings import StandaloneSettings


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home")
    made.create_missing()
    return made


def files(home):
    return {path.relative_to(home.directory): path.read_bytes() for path in home.directory.rglob("*") if path.is_file()}


def test_secrets_are_made_once(home):
    before = files(home)

    home.create_missing()

    assert files(home) == before


def test_events_of_a_release_that_did_not_sign_are_taken_for_a_day_after_it_and_never_in_a_new_home(home):
    def until(of):
        return SERVICES[0].settings(environment="development", **of.common()).unsigned_events_until

    assert until(home) <= datetime.now(UTC)

    (home.directory / "unsigned-events-until").unlink()
    home.create_missing()
    assert timedelta(hours=23) < until(home) - datetime.now(UTC) <= timedelta(days=1)

    again = files(home)
    home.create_missing()
    assert files(home) == again


def test_private_files_are_their_owners_alone(home):
    private = [path for path in home.directory.rglob("*") if path.suffix != ".pub"]
    assert private
    for path in private:
        assert path.stat().st_mode & 0o077 == 0, path


def test_two_homes_share_no_secret(home, tmp_path):
    other = Home(tmp_path / "other")
    other.create_missing()

    assert not set(files(home).values()) & set(files(other).values())


def test_every_role_has_a_password_of_its_own_that_stays(home):
    roles = [f"{name}_{role}" for name in NAMES for role in ("app", "relay")]

    passwords = [home.password(role) for role in roles]

    assert len(set(passwords)) == len(roles)
    assert passwords == [Home(home.directory).password(role) for role in roles]


def test_a_services_settings_are_fit_for_production(home):
    for service in SERVICES:
        settings = home.settings(service, "postgresql://postgres:p@/postgres?host=%2Frun", smtp_url="smtp://127.0.0.1:2525")

        assert settings.environment == "production"
        assert settings.database_url.get_secret_value().startswith(f"postgresql://{service.name}_app:")


def test_a_dsn_changes_its_role_and_nothing_else():
    assert as_role("postgresql://a:b@db:5432/x?sslmode=verify-full", "c", "d/e") == "postgresql://c:d%2Fe@db:5432/x?sslmode=verify-full"
    assert as_role("postgresql:///x?host=%2Frun", "c", "d") == "postgresql://c:d@/x?host=%2Frun"


@pytest.mark.parametrize("reach", [{"host": "0.0.0.0"}, {"public_url": "https://caseload.example.com"}])
def test_where_others_reach_it_there_is_no_demonstration_and_mail_must_be_sent(reach):
    settings = StandaloneSettings(**reach)

    assert not settings.has_demo
    with pytest.raises(SystemExit, match="CASELOAD_SMTP_URL"):
        settings.check_mail()
    StandaloneSettings(**reach, smtp_url=SecretStr("smtp://mail.example.com")).check_mail()


def test_on_ones_own_machine_there_is_a_demonstration_and_mail_is_caught():
    settings = StandaloneSettings()

    settings.check_mail()
    assert settings.has_demo
    assert not StandaloneSettings(demo=False).has_demo
    assert issubclass(SERVICES[0].settings, Settings)
