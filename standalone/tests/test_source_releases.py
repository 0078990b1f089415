"""What `deploy/releases` names: commits of this history, stored databases, notes; and protos that callers of the last one can live with."""

import re
import shutil
import subprocess

import pytest

from standalone.releases import stored
from standalone.source_releases import ROOT, MissingSource, SourceRelease, breaking, last_release, released

CHANGELOG = (ROOT / "CHANGELOG.md").read_text()


def test_each_release_has_a_stored_database_and_notes():
    versions = [release.version for release in released()]

    assert versions == [release.name for release in stored()]
    assert versions == re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", CHANGELOG, re.MULTILINE)[::-1]


def test_what_is_built_now_is_later_than_the_last_release():
    (version,) = re.findall(r'^version = "([\d.]+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)

    assert tuple(map(int, version.split("."))) > tuple(map(int, last_release().version.split(".")))


@pytest.mark.parametrize("line", ["0.1.0 abc stopped", f"0.1.0 {'a' * 40} somehow", "0.1.0"])
def test_a_line_that_is_no_release_is_refused(tmp_path, line):
    file = tmp_path / "releases"
    file.write_text(line)

    with pytest.raises(ValueError):
        released(file)


def test_releases_are_commits_of_this_history(servers):
    for release in released():
        asked = ["git", "-C", ROOT, "merge-base", "--is-ancestor", release.commit, "HEAD"]
        assert subprocess.run(asked, check=False).returncode == 0, f"{release}: git fetch --unshallow, if the clone is shallow"


def test_the_notes_of_the_last_release_tell_of_nothing_that_it_did_not_have(servers, tmp_path):
    """A line that was written for the next one and came to stand here by a merge."""
    release = last_release()
    then = (release.unpack(tmp_path, "CHANGELOG.md") / "CHANGELOG.md").read_text()
    unreleased = then.partition("\n## Unreleased\n")[2].partition("\n## ")[0]
    notes = CHANGELOG.partition(f"\n## {release.version} - ")[2].partition("\n## ")[0].partition("\n")[2]

    assert [line for line in notes.splitlines() if line.startswith("- ") and line not in unreleased] == []


def test_nothing_is_taken_from_callers_of_the_last_release(servers):
    assert breaking(last_release()) == []


def test_a_method_that_is_taken_away_is_told(servers, tmp_path):
    protos = shutil.copytree(ROOT / "protos", tmp_path / "protos")
    changed = protos / "caseload" / "clients" / "v1" / "clients.proto"
    text = changed.read_text()
    first = re.search(r"^  rpc (\w+)", text, re.MULTILINE)[1]
    changed.write_text(re.sub(rf"rpc {first}\(", f"rpc {first}Anew(", text, count=1))

    found = breaking(last_release(), protos)

    assert [line for line in found if f'"{first}"' in line and "was deleted" in line]


def test_a_clone_without_the_commit_says_what_to_do(servers, tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", clone], check=True)
    absent = SourceRelease("0.0.1", "0" * 40, "rolling")

    with pytest.raises(MissingSource, match=r"release 0\.0\.1 .* git fetch --unshallow"):
        breaking(absent, root=clone)
