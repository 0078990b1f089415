"""A newcomer's walk: every line of the README's journey, pasted as it is written, but for the time a reader is given."""

import re
from pathlib import Path

import pytest
from walkthrough import paste, shell_blocks

README = Path(__file__).parents[1] / "README.md"


def steps():
    """The shell blocks of the journey, in order."""
    text = README.read_text()
    section = re.search(r"^## A client's journey\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    return shell_blocks(section[1])


def test_the_journey_works_as_it_is_written(installation, tmp_path):
    blocks = steps()
    assert len(blocks) > 10
    # A reader needs a quarter of a minute to paste the next lines; a script does not.
    assert sum(block.count("+15 seconds") for block in blocks) == 1
    said = paste([block.replace("+15 seconds", "+3 seconds") for block in blocks], installation.gateway_url, tmp_path)

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
        "'status': 'created'",
        "'status': 'unchanged'",
        '"status": "finalized"',
        '"event_type": "milestone_achieved"',
        "1\ncosigned\n",
        '"event_type": "session_finalized"',
        "An alert needs somebody to see to it.",
        '"reason": "timeout"',
        "CREATE Client create_client success",
        "READ Client list_clients success",
        '"intact": true',
    ):
        assert any(words in answer for answer in said.values()), f"{words!r} was not said:\n{said}"


@pytest.mark.parametrize("command", ["run", "test"])
def test_the_two_commands_are_there(command):
    assert f"make {command}" in README.read_text()
    assert re.search(rf"^{command}:", (README.parent / "Makefile").read_text(), re.MULTILINE)
