"""Homes of installations whose schemas are there already: making them takes longer than all the rest of a first start."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path


class Homes:
    """Copies of one home, which whoever needs it first makes; workers of one run share it in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = folder / "home"

    def copy(self, home: Path) -> Path:
        """Makes `home` one that `caseload migrate` has been called for and in which nothing has run yet."""
        self._make()
        home.parent.mkdir(parents=True, exist_ok=True)
        # With their owners: PostgreSQL's files may belong to another user.
        subprocess.run(["cp", "-a", self._made, home], check=True)
        return home

    @property
    def told(self) -> str:
        """What the command printed."""
        self._make()
        return (self._folder / "told").read_text()

    def _make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not self._made.exists():
                making = self._folder / "making"
                inherited = {
                    name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_") and name != "DATABASE_URL"
                }
                command, own = [sys.executable, "-m", "standalone", "migrate"], {"CASELOAD_HOME": str(making)}
                done = subprocess.run(command, env=inherited | own, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr
                (self._folder / "told").write_text(done.stdout)
                making.rename(self._made)
