"""Which of a client's files can be had at once."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.errors import Invalid, NotFound
from clinical.client_attachments import rules
from clinical.treated_clients.rules import check_not_erased

IDS = [UUID(int=number) for number in range(101)]


def test_one_to_a_hundred_different_files_can_be_had_at_once():
    for wanted in (IDS[:1], IDS[:100]):
        rules.check_choice(wanted)
    for wanted in ([], IDS, [IDS[0], IDS[0]]):
        with pytest.raises(Invalid) as refused:
            rules.check_choice(wanted)
        assert (refused.value.code, refused.value.faults[0].pointer) == ("choice_invalid", "/attachment_ids")


def test_every_file_is_to_be_found():
    rules.check_found(IDS[:2], IDS[:2])
    rules.check_found(IDS[:2], set(IDS[:3]))
    with pytest.raises(NotFound) as refused:
        rules.check_found(IDS[:2], IDS[:1])
    assert refused.value.code == "not_found"


def test_an_erased_client_gets_no_file():
    check_not_erased(None)
    with pytest.raises(NotFound) as refused:
        check_not_erased(datetime(2026, 3, 2, tzinfo=UTC))
    assert refused.value.code == "not_found"
