"""What an operator's command does where there is no installation: nothing."""

import pytest

from standalone.__main__ import main


@pytest.mark.parametrize("command", [["keys", "add"], ["verify", "records"], ["reseal"], ["remove-second-factor", "ada@example.org"]])
def test_a_command_in_the_wrong_directory_makes_no_installation_and_no_keyring(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CASELOAD_HOME", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nothing")
    with pytest.raises(SystemExit, match=r"there is no installation in .*\.caseload: CASELOAD_HOME says where it is"):
        main(command)
    assert list(tmp_path.iterdir()) == []
