"""The three steps that change the key of access tokens."""

import pytest

from chassis.auth.tokens import AccessKeys, split_keys
from deployment import access_key
from deployment.secret_files import Installation


@pytest.fixture
def folder(tmp_path):
    installation = Installation(tmp_path / "secrets")
    installation.make(database="postgres:5432", broker="rabbitmq:5671")
    return installation.folder


def kids(folder):
    """The key that signs, and all that are published."""
    keys = AccessKeys((folder / "access-key").read_bytes())
    return keys.signer.kid, list(keys.published)


def test_a_key_is_published_before_it_signs_and_as_long_as_its_tokens_live(folder):
    first, published = kids(folder)
    assert published == [first]

    access_key.main(["prepare", str(folder)])
    signs, [_, following] = kids(folder)
    assert signs == first

    access_key.main(["promote", str(folder)])
    assert kids(folder) == (following, [following, first])

    access_key.main(["retire", str(folder)])
    assert kids(folder) == (following, [following])


@pytest.mark.parametrize("steps", [["prepare"], ["prepare", "promote"], ["prepare", "promote", "retire"], ["promote"], ["retire"]])
def test_a_step_may_be_repeated(folder, steps):
    for step in steps:
        access_key.main([step, str(folder)])
    done = (folder / "access-key").read_bytes()

    access_key.main([steps[-1], str(folder)])

    assert (folder / "access-key").read_bytes() == done


def test_the_next_change_may_begin_before_the_last_one_is_over(folder):
    for step in ("prepare", "promote", "prepare"):
        access_key.main([step, str(folder)])
    signs, published = kids(folder)
    assert len(published) == 3

    access_key.main(["retire", str(folder)])
    assert kids(folder) == (signs, [signs, published[2]])
    access_key.main(["promote", str(folder)])
    assert kids(folder) == (published[2], [published[2], signs])


def test_the_file_stays_its_owners_alone(folder):
    access_key.main(["prepare", str(folder)])

    assert (folder / "access-key").stat().st_mode & 0o077 == 0
    assert len(split_keys((folder / "access-key").read_bytes())) == 2
