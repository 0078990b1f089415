"""Modules in one folder are those that RabbitMQ and Erlang bring along."""

import pytest

from chassis.local.erlang_modules import plugin_path

APPLICATIONS = {
    "rabbit/plugins/rabbit-3.10.8/ebin": ["rabbit.beam", "rabbit.app", "twice.beam"],
    "rabbit/plugins/rabbit_common-3.10.8/ebin": ["rabbit_env.beam"],
    "erlang/lib/stdlib-4.2/ebin": ["lists.beam", "twice.beam"],
}


@pytest.fixture
def server(tmp_path, monkeypatch):
    """The start script of a RabbitMQ, and an Erlang in the path."""
    for folder, names in APPLICATIONS.items():
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            (tmp_path / folder / name).write_text(folder)
    for program in ("rabbit/sbin/rabbitmq-server", "erlang/bin/erl"):
        (tmp_path / program).parent.mkdir(parents=True)
        (tmp_path / program).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "erlang/bin"))
    return tmp_path / "rabbit/sbin/rabbitmq-server"


def test_each_module_is_found_in_the_first_folder_and_is_the_real_one(server, tmp_path):
    first, plugins = plugin_path(server, tmp_path / "modules").split(":")
    (found,) = (tmp_path / "modules").glob("*-1/ebin")
    assert first == str(tmp_path / "modules")
    assert plugins == str(tmp_path / "rabbit/plugins")
    assert {module.name: module.read_text() for module in found.iterdir()} == {
        "rabbit.beam": "rabbit/plugins/rabbit-3.10.8/ebin",
        "lists.beam": "erlang/lib/stdlib-4.2/ebin",
    }


def test_what_an_upgrade_has_taken_away_is_not_found_any_more(server, tmp_path):
    plugin_path(server, tmp_path / "modules")
    (tmp_path / "rabbit/plugins/rabbit-3.10.8/ebin/rabbit.beam").unlink()
    plugin_path(server, tmp_path / "modules")
    assert [module.name for module in (tmp_path / "modules").glob("*/ebin/*")] == ["lists.beam"]


def test_where_plugins_are_elsewhere_nothing_is_changed(server, tmp_path):
    (tmp_path / "rabbit/plugins").rename(tmp_path / "elsewhere")
    assert plugin_path(server, tmp_path / "modules") is None
    assert not (tmp_path / "modules").exists()
