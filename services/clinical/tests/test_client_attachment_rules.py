"""Which of a client's files can be had at once."""

import hmac
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.errors import Invalid, NotFound
from chassis.rpc.transport import LARGEST_MESSAGE
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


def mac(*parts):
    return hmac.digest(b"a key", repr(parts).encode(), "sha256")


def test_a_ticket_is_good_for_one_user_one_file_and_an_hour():
    ticket = rules.ticket(mac, IDS[0], IDS[1], 1_000.9)
    rules.check_ticket(ticket, mac, IDS[0], IDS[1], 1_000)
    rules.check_ticket(ticket, mac, IDS[0], IDS[1], 4_599.9)
    for given, user_id, file_id, now in (
        (ticket, IDS[0], IDS[1], 4_600),
        (ticket, IDS[2], IDS[1], 1_000),
        (ticket, IDS[0], IDS[2], 1_000),
        (ticket, IDS[1], IDS[0], 1_000),
        (b"\xff" * 8 + ticket[8:], IDS[0], IDS[1], 1_000),
        (ticket[:-1], IDS[0], IDS[1], 1_000),
        (b"", IDS[0], IDS[1], 1_000),
    ):
        with pytest.raises(NotFound) as refused:
            rules.check_ticket(given, mac, user_id, file_id, now)
        assert refused.value.code == "not_found"


def test_a_piece_of_a_file_is_at_most_a_mebibyte():
    assert rules.LARGEST_PIECE == 2**20 < LARGEST_MESSAGE
    assert rules.piece(0, 0) == (0, 2**20) == rules.piece(-1, -1)
    assert rules.piece(5, 1) == (5, 1)
    assert (rules.piece(5, 2**20), rules.piece(5, 2**20 + 1)) == ((5, 2**20), (5, 2**20))
