"""What `caseload keys root-…` does for an operator who leaves a step out, or takes one twice."""

import pytest

from chassis.encryption.keyring import Keyring
from chassis.encryption.root_keys import load_keyring
from standalone.records.root_keys_command import take_root_step


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "keyring.json"
    Keyring.generate().save(file)
    return file


async def step(file, name):
    """In an installation that has no data key yet."""
    await take_root_step(None, {}, file, name, None)


async def test_a_root_key_that_nobody_promoted_is_not_taken_out_in_the_place_of_the_former_one(file):
    await step(file, "root-add")
    with pytest.raises(SystemExit, match="root key 2 waits to be promoted: root-promote first"):
        await step(file, "root-retire")
    assert load_keyring(file, "").names == ("1", "2")


async def test_the_keyring_from_before_is_kept_also_when_root_retire_is_run_twice(file, capsys):
    for name in ("root-add", "root-promote"):
        await step(file, name)
    held = file.read_bytes()
    for _ in range(2):
        await step(file, "root-retire")
        assert file.with_name("keyring.json.before").read_bytes() == held
    assert capsys.readouterr().out.splitlines()[-2:] == ["root key 2 wraps, of 1 in the keyring"] * 2
