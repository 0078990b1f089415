"""The releases that `deploy/releases` names, and their sources, taken from git.

`python -m standalone.source_releases breaking` holds the protos against those of the last release.
"""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
LIST = ROOT / "deploy" / "releases"
WAYS = ("rolling", "stopped")


class MissingSource(RuntimeError):
    """A release's commit is not in this clone. The message says what to do."""


@dataclass(frozen=True, slots=True)
class SourceRelease:
    """A released version, the commit it was made of, and how installations of the release before get to it (one of WAYS)."""

    version: str
    commit: str
    way: str

    def unpack(self, folder: Path, *paths: str, root: Path = ROOT) -> Path:
        """Writes the release's files (those below `paths`, or all) into `folder` and returns it. Raises MissingSource."""
        archive = subprocess.run(  # noqa: S603 - a commit of our list
            ["git", "-C", str(root), "archive", self.commit, *paths],  # noqa: S607 - whichever git there is
            capture_output=True,
            check=False,
        )
        if archive.returncode != 0:
            raise MissingSource(
                f"release {self.version} is commit {self.commit}, which this clone does not have: git fetch --unshallow\n"
                f"(git: {archive.stderr.decode(errors='replace').strip()})"
            )
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            # Python 3.11 before 3.11.4 knows no filters.
            files.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            files.extractall(folder)  # noqa: S202 - a commit of our list
        return folder


def released(file: Path = LIST) -> list[SourceRelease]:
    """Every release, the oldest first. Raises ValueError for a line that is none."""
    found = []
    for line in file.read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        version, commit, way = line.split()
        if way not in WAYS or len(commit) != 40:
            raise ValueError(f"{file}: {line!r} is no release")
        found.append(SourceRelease(version, commit, way))
    return found


def last_release(file: Path = LIST) -> SourceRelease:
    return released(file)[-1]


def environment_of(tree: Path) -> dict[str, str]:
    """The variables with which Python runs the sources of `tree` in place of ours. Dependencies stay those of this environment."""
    sources = [
        *tree.glob("libs/*/src"),
        *tree.glob("services/*/src"),
        *(tree / member / "src" for member in ("gateway", "standalone", "deploy")),
    ]
    return {"PYTHONPATH": os.pathsep.join(map(str, sources)), "CASELOAD_ROOT": str(tree)}


def breaking(release: SourceRelease, protos: Path = ROOT / "protos", root: Path = ROOT) -> list[str]:
    """Where the protos break callers and events of the release, a line each. Raises MissingSource."""
    with tempfile.TemporaryDirectory() as directory:
        before = release.unpack(Path(directory), "protos", root=root) / "protos"
        # Beside the interpreter: a virtual environment's programs.
        buf = Path(sys.executable).with_name("buf")
        answer = subprocess.run(  # noqa: S603 - our own buf
            [buf, "breaking", protos, "--against", before], capture_output=True, text=True, check=False
        )
    if answer.returncode not in {0, 100}:  # 100: there are breaking changes
        raise RuntimeError(f"buf did not compare: {answer.stderr}")
    return answer.stdout.splitlines()


def main() -> int:
    if sys.argv[1:] != ["breaking"]:
        raise SystemExit(__doc__)
    release = last_release()
    try:
        found = breaking(release)
    except MissingSource as missing:
        raise SystemExit(str(missing)) from None
    lines = [*found, f"the protos against release {release.version}: {len(found)} breaking changes"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
