"""Files that only their owner may read, and that are whole or absent."""

import os

import pytest

from chassis import private_files


def test_a_secret_file_is_whole_or_absent(tmp_path):
    path = tmp_path / "secret"
    # As a process leaves it that was killed between creating and writing, in this release and in 0.1.0.
    (tmp_path / "secret.part").write_bytes(b"hal")
    path.touch()

    assert private_files.write_once(path, lambda: b"whole") == b"whole"
    assert private_files.write_once(path, lambda: b"another") == b"whole"

    assert (path.read_bytes(), path.stat().st_mode & 0o777, sorted(p.name for p in tmp_path.iterdir())) == (b"whole", 0o600, ["secret"])


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_kill_at_any_step_leaves_the_file_as_it_was(tmp_path, monkeypatch, step):
    path = tmp_path / "secret"
    private_files.write(path, b"before")

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (type(path), "replace")}[step], killed)
    with pytest.raises(KeyboardInterrupt):
        private_files.write(path, b"after")
    assert path.read_bytes() == b"before"

    monkeypatch.undo()
    private_files.write(path, b"after")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"after", 0o600)


def test_an_existing_file_is_never_created_again(tmp_path):
    private_files.create(tmp_path / "keyring", b"one")

    with pytest.raises(FileExistsError):
        private_files.create(tmp_path / "keyring", b"two")
    assert (tmp_path / "keyring").read_bytes() == b"one"


def test_a_file_is_given_to_the_user_who_reads_it_before_it_has_its_name(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(os, "chown", lambda path, *owner: given.append((path.name, owner)))

    private_files.write(tmp_path / "secret", b"it", owner=(10001, 10002))

    assert given == [("secret.part", (10001, 10002))]
