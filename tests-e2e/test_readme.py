"""A newcomer's walk: every line of the README's journey, pasted as it is written, but for the time a reader is given."""

import re
import subprocess
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def steps():
    """The shell blocks of the journey, in order."""
    text = README.read_text()
    section = re.search(r"^## A client's journey\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    return re.findall(r"^```bash\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)


def test_the_journey_works_as_it_is_written(trial, tmp_path):
    blocks = steps()
    assert len(blocks) > 10
    # A reader needs a quarter of a minute to paste the next lines; a script does not.
    assert sum(block.count("+15 seconds") for block in blocks) == 1
    blocks = [block.replace("+15 seconds", "+3 seconds") for block in blocks]
    # Each block announces itself, so that what it said can be told from what the others said.
    script = "\n".join(f"echo '@@{number}'\n{block}" for number, block in enumerate(blocks))
    walk = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "CASELOAD": trial.gateway_url, "LC_ALL": "C.UTF-8"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert walk.returncode == 0, walk.stderr[-2000:] + walk.stdout[-2000:]
    said = dict(re.findall(r"^@@(\d+)\n(.*?)(?=^@@|\Z)", walk.stdout, re.MULTILINE | re.DOTALL))

    for words in (
        '"email": "owner@example.com"',
        '"full_name": "Ada Jones"',
        '"code":"appointment_conflict"',
        "\n409\n",
        "Hello Ada",
        '"hours_before": 1',
        "\n200\n",
        '"conflict_session_id"',
        "\n412\n",
        "knee.jpg tells where: True",
        "downloaded.jpg tells where: False",
        '"status": "finalized"',
        '"event_type": "session_finalized"',
        "CREATE Client create_client success",
        "READ Client list_clients success",
        '"intact": true',
    ):
        assert any(words in answer for answer in said.values()), f"{words!r} was not said:\n{walk.stdout[-6000:]}"


@pytest.mark.parametrize("command", ["run", "test"])
def test_the_two_commands_are_there(command):
    assert f"make {command}" in README.read_text()
    assert re.search(rf"^{command}:", (README.parent / "Makefile").read_text(), re.MULTILINE)
