"""The small files of a home that are kept under the passphrase: keyring, keys, passwords and settings."""

import os
from collections.abc import Mapping
from pathlib import Path

from chassis import private_files
from standalone.backups.errors import BackupFailed
from standalone.home import Home

# Of the running process alone.
_PASSING = {"lock", "running.json"}
# Of all together, which are a few kilobytes: as text under a passphrase they have to fit into what a restore reads of a document.
_LARGEST = 4 * 1024 * 1024


def secret_files(home: Home) -> dict[str, bytes]:
    """Every file that lies in the home itself, the services' keys and the password of the database's administrator.

    Public keys are made of the private ones at every start. Raises BackupFailed for what is too large to be such a file.
    """
    paths = [path for path in home.directory.iterdir() if path.is_file() and path.name not in _PASSING and path.suffix != ".part"]
    paths += [path for path in home.service_keys.iterdir() if path.is_file() and path.suffix not in {".part", ".pub"}]
    paths.append(home.postgres / "superuser")
    sizes = {path: path.stat().st_size for path in paths}
    if sum(sizes.values()) > _LARGEST:
        raise BackupFailed(f"{max(sizes, key=sizes.__getitem__)} is too large to be a key or a setting: move it out of the home")
    return {path.relative_to(home.directory).as_posix(): path.read_bytes() for path in sorted(paths)}


def write_secret_files(home: Home, secrets: Mapping[str, bytes]) -> None:
    """Writes them into a home that has none yet."""
    for name, content in secrets.items():
        path = _below(home, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_files.create(path, content)


def replace_secret_files(home: Home, secrets: Mapping[str, bytes]) -> None:
    """Makes the small files of a home those of another moment."""
    present = secret_files(home)
    for name in present.keys() - secrets.keys():
        if name != "restoring":
            _below(home, name).unlink()
    for name, content in secrets.items():
        if present.get(name) != content:
            path = _below(home, name)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            private_files.write(path, content)


def _below(home: Home, name: str) -> Path:
    path = home.directory / name
    if Path(os.path.normpath(path)) != path or not path.is_relative_to(home.directory):
        raise BackupFailed("the backup's keys name a path outside of the home")
    return path
